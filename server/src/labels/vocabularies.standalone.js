// Written by scripts/compile-schemas.mjs from schemas/. Do not edit.
import { formats } from './formats';
import ucs2lengthModule from 'ajv/dist/runtime/ucs2length.js';
const formatTests = Object.fromEntries(Object.entries(formats).map(([name, format]) => [name, (value) => format.test(value)]));
export const validateOciAnnotations = validate10;
const schema11 = {"$schema":"http://json-schema.org/draft-07/schema#","$id":"https://container-metalink.invalid/schemas/labels/oci-annotations.json","title":"OCI annotations","description":"The pre-defined annotation keys of the OCI Image Specification, as labels of an image.","x-documentation":"https://github.com/opencontainers/image-spec/blob/main/annotations.md","x-namespace":"org.opencontainers.image.","type":"object","properties":{"org.opencontainers.image.created":{"type":"string","description":"When the image was built: date and time as in RFC 3339. Apptainer 1.6 sets it during the build.","format":"date-time","examples":["2026-01-31T12:00:00Z"]},"org.opencontainers.image.authors":{"type":"string","description":"Whom to contact about the image: people or an organisation, in any form.","examples":["Jane Doe <jane@example.org>"]},"org.opencontainers.image.url":{"type":"string","description":"Where to find more information about the image: a URL.","format":"uri","examples":["https://example.org/tool"]},"org.opencontainers.image.documentation":{"type":"string","description":"Where to read how the image is used: a URL.","format":"uri","examples":["https://example.org/tool/docs"]},"org.opencontainers.image.source":{"type":"string","description":"Where to get the source that the image was built from: a URL. Hubs link the image to its repository by it.","format":"uri","examples":["https://github.com/org/tool"]},"org.opencontainers.image.version":{"type":"string","description":"Version of the packaged software. May match a tag of the source repository, may be a semantic version.","examples":["1.4.2"]},"org.opencontainers.image.revision":{"type":"string","description":"Revision of the packaged software in source control, such as a Git commit.","examples":["9fceb02d0ae598e95dc970b74767f19372d61af8"]},"org.opencontainers.image.vendor":{"type":"string","description":"Name of the organisation or person that distributes the image.","examples":["Example Institute"]},"org.opencontainers.image.licenses":{"type":"string","description":"Licences of the contained software, as an SPDX licence expression.","format":"spdx-expression","examples":["Apache-2.0","MIT OR GPL-2.0-or-later"]},"org.opencontainers.image.ref.name":{"type":"string","description":"Name of the reference for a target, such as a tag. Meant for an image index on disk: letters, digits and separators.","pattern":"^[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*(?:/[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*)*$","examples":["1.4"]},"org.opencontainers.image.title":{"type":"string","description":"Title of the image for people.","examples":["Tool"]},"org.opencontainers.image.description":{"type":"string","description":"What the packaged software does, for people."},"org.opencontainers.image.base.digest":{"type":"string","description":"Digest of the image that this one is based on. Apptainer 1.5 and later set it for images of docker:// sources.","format":"digest","examples":["sha256:…"]},"org.opencontainers.image.base.name":{"type":"string","description":"Reference of the image that this one is based on. Apptainer 1.5 and later set it for images of docker:// sources.","examples":["docker.io/library/ubuntu:24.04"]},"org.opencontainers.image.architecture":{"type":"string","description":"Processor architecture that the image is built for. Apptainer 1.6 sets it during the build.","examples":["amd64"]},"org.opencontainers.image.variant":{"type":"string","description":"Variant of the processor architecture. Apptainer 1.6 sets it during the build.","examples":["v8"]}}};
const formats0 = formatTests["date-time"];
const formats2 = formatTests.uri;
const formats8 = formatTests["spdx-expression"];
const formats10 = formatTests.digest;
const pattern0 = new RegExp("^[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*(?:/[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*)*$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://container-metalink.invalid/schemas/labels/oci-annotations.json" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data["org.opencontainers.image.created"] !== undefined){
let data0 = data["org.opencontainers.image.created"];
if(typeof data0 === "string"){
if(!(formats0(data0))){
const err0 = {instancePath:instancePath+"/org.opencontainers.image.created",schemaPath:"#/properties/org.opencontainers.image.created/format",keyword:"format",params:{format: "date-time"},message:"must match format \""+"date-time"+"\""};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath:instancePath+"/org.opencontainers.image.created",schemaPath:"#/properties/org.opencontainers.image.created/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data["org.opencontainers.image.authors"] !== undefined){
if(typeof data["org.opencontainers.image.authors"] !== "string"){
const err2 = {instancePath:instancePath+"/org.opencontainers.image.authors",schemaPath:"#/properties/org.opencontainers.image.authors/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data["org.opencontainers.image.url"] !== undefined){
let data2 = data["org.opencontainers.image.url"];
if(typeof data2 === "string"){
if(!(formats2(data2))){
const err3 = {instancePath:instancePath+"/org.opencontainers.image.url",schemaPath:"#/properties/org.opencontainers.image.url/format",keyword:"format",params:{format: "uri"},message:"must match format \""+"uri"+"\""};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/org.opencontainers.image.url",schemaPath:"#/properties/org.opencontainers.image.url/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data["org.opencontainers.image.documentation"] !== undefined){
let data3 = data["org.opencontainers.image.documentation"];
if(typeof data3 === "string"){
if(!(formats2(data3))){
const err5 = {instancePath:instancePath+"/org.opencontainers.image.documentation",schemaPath:"#/properties/org.opencontainers.image.documentation/format",keyword:"format",params:{format: "uri"},message:"must match format \""+"uri"+"\""};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/org.opencontainers.image.documentation",schemaPath:"#/properties/org.opencontainers.image.documentation/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data["org.opencontainers.image.source"] !== undefined){
let data4 = data["org.opencontainers.image.source"];
if(typeof data4 === "string"){
if(!(formats2(data4))){
const err7 = {instancePath:instancePath+"/org.opencontainers.image.source",schemaPath:"#/properties/org.opencontainers.image.source/format",keyword:"format",params:{format: "uri"},message:"must match format \""+"uri"+"\""};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/org.opencontainers.image.source",schemaPath:"#/properties/org.opencontainers.image.source/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data["org.opencontainers.image.version"] !== undefined){
if(typeof data["org.opencontainers.image.version"] !== "string"){
const err9 = {instancePath:instancePath+"/org.opencontainers.image.version",schemaPath:"#/properties/org.opencontainers.image.version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data["org.opencontainers.image.revision"] !== undefined){
if(typeof data["org.opencontainers.image.revision"] !== "string"){
const err10 = {instancePath:instancePath+"/org.opencontainers.image.revision",schemaPath:"#/properties/org.opencontainers.image.revision/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data["org.opencontainers.image.vendor"] !== undefined){
if(typeof data["org.opencontainers.image.vendor"] !== "string"){
const err11 = {instancePath:instancePath+"/org.opencontainers.image.vendor",schemaPath:"#/properties/org.opencontainers.image.vendor/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data["org.opencontainers.image.licenses"] !== undefined){
let data8 = data["org.opencontainers.image.licenses"];
if(typeof data8 === "string"){
if(!(formats8(data8))){
const err12 = {instancePath:instancePath+"/org.opencontainers.image.licenses",schemaPath:"#/properties/org.opencontainers.image.licenses/format",keyword:"format",params:{format: "spdx-expression"},message:"must match format \""+"spdx-expression"+"\""};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/org.opencontainers.image.licenses",schemaPath:"#/properties/org.opencontainers.image.licenses/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data["org.opencontainers.image.ref.name"] !== undefined){
let data9 = data["org.opencontainers.image.ref.name"];
if(typeof data9 === "string"){
if(!pattern0.test(data9)){
const err14 = {instancePath:instancePath+"/org.opencontainers.image.ref.name",schemaPath:"#/properties/org.opencontainers.image.ref.name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*(?:/[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*)*$"},message:"must match pattern \""+"^[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*(?:/[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*)*$"+"\""};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/org.opencontainers.image.ref.name",schemaPath:"#/properties/org.opencontainers.image.ref.name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data["org.opencontainers.image.title"] !== undefined){
if(typeof data["org.opencontainers.image.title"] !== "string"){
const err16 = {instancePath:instancePath+"/org.opencontainers.image.title",schemaPath:"#/properties/org.opencontainers.image.title/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data["org.opencontainers.image.description"] !== undefined){
if(typeof data["org.opencontainers.image.description"] !== "string"){
const err17 = {instancePath:instancePath+"/org.opencontainers.image.description",schemaPath:"#/properties/org.opencontainers.image.description/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data["org.opencontainers.image.base.digest"] !== undefined){
let data12 = data["org.opencontainers.image.base.digest"];
if(typeof data12 === "string"){
if(!(formats10(data12))){
const err18 = {instancePath:instancePath+"/org.opencontainers.image.base.digest",schemaPath:"#/properties/org.opencontainers.image.base.digest/format",keyword:"format",params:{format: "digest"},message:"must match format \""+"digest"+"\""};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/org.opencontainers.image.base.digest",schemaPath:"#/properties/org.opencontainers.image.base.digest/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data["org.opencontainers.image.base.name"] !== undefined){
if(typeof data["org.opencontainers.image.base.name"] !== "string"){
const err20 = {instancePath:instancePath+"/org.opencontainers.image.base.name",schemaPath:"#/properties/org.opencontainers.image.base.name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data["org.opencontainers.image.architecture"] !== undefined){
if(typeof data["org.opencontainers.image.architecture"] !== "string"){
const err21 = {instancePath:instancePath+"/org.opencontainers.image.architecture",schemaPath:"#/properties/org.opencontainers.image.architecture/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data["org.opencontainers.image.variant"] !== undefined){
if(typeof data["org.opencontainers.image.variant"] !== "string"){
const err22 = {instancePath:instancePath+"/org.opencontainers.image.variant",schemaPath:"#/properties/org.opencontainers.image.variant/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
else {
const err23 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

export const validateLabelSchema = validate11;
const schema12 = {"$schema":"http://json-schema.org/draft-07/schema#","$id":"https://container-metalink.invalid/schemas/labels/label-schema-1.0.json","title":"Label Schema 1.0","description":"The label convention of label-schema.org, which the OCI annotations have replaced. The engines still write some of its labels during a build.","x-documentation":"http://label-schema.org/rc1/","x-namespace":"org.label-schema.","type":"object","properties":{"org.label-schema.build-date":{"type":"string","description":"When the image was built, as in RFC 3339. The build itself sets it, in another form.","format":"date-time","examples":["2026-01-31T12:00:00Z"],"x-replacedBy":"org.opencontainers.image.created"},"org.label-schema.name":{"type":"string","description":"Name of the image for people.","x-replacedBy":"org.opencontainers.image.title","examples":["tool"]},"org.label-schema.description":{"type":"string","description":"What is in the image, in up to 300 characters.","maxLength":300,"x-replacedBy":"org.opencontainers.image.description"},"org.label-schema.usage":{"type":"string","description":"Where the usage is described: a file in the container or a URL. With `%help`, the build sets it.","x-replacedBy":"org.opencontainers.image.documentation","examples":["/.singularity.d/runscript.help"]},"org.label-schema.url":{"type":"string","description":"Web page about the product that the image provides.","format":"uri","x-replacedBy":"org.opencontainers.image.url"},"org.label-schema.vcs-url":{"type":"string","description":"Repository of the source that the image was built from.","format":"repository-url","x-replacedBy":"org.opencontainers.image.source","examples":["https://github.com/org/tool"]},"org.label-schema.vcs-ref":{"type":"string","description":"Revision of the source that the image was built from, such as a Git commit.","x-replacedBy":"org.opencontainers.image.revision","examples":["9fceb02"]},"org.label-schema.vendor":{"type":"string","description":"Organisation that makes the image.","x-replacedBy":"org.opencontainers.image.vendor"},"org.label-schema.version":{"type":"string","description":"Release of what the image contains.","x-replacedBy":"org.opencontainers.image.version","examples":["1.4.2"]},"org.label-schema.schema-version":{"type":"string","description":"Version of Label Schema in use: `1.0`. The build itself sets it.","enum":["1.0","1.0.0-rc.1","1.0.0-rc1"]},"org.label-schema.build-arch":{"type":"string","description":"Processor architecture of the build machine. Not part of Label Schema; the build itself sets it."},"org.label-schema.docker.cmd":{"type":"string","description":"How to run a container of the image with Docker."},"org.label-schema.docker.cmd.devel":{"type":"string","description":"How to run the container with Docker in development mode."},"org.label-schema.docker.cmd.test":{"type":"string","description":"How to run the test suite of the image with Docker."},"org.label-schema.docker.cmd.debug":{"type":"string","description":"How to get an interactive shell in the container with Docker."},"org.label-schema.docker.cmd.help":{"type":"string","description":"How to make the image print its help with Docker."},"org.label-schema.docker.params":{"type":"string","description":"Environment variables that the image takes with Docker, separated by commas."},"org.label-schema.rkt.cmd":{"type":"string","description":"How to run a container of the image with rkt."},"org.label-schema.rkt.cmd.devel":{"type":"string","description":"How to run the container with rkt in development mode."},"org.label-schema.rkt.cmd.test":{"type":"string","description":"How to run the test suite of the image with rkt."},"org.label-schema.rkt.cmd.debug":{"type":"string","description":"How to get an interactive shell in the container with rkt."},"org.label-schema.rkt.cmd.help":{"type":"string","description":"How to make the image print its help with rkt."},"org.label-schema.rkt.params":{"type":"string","description":"Environment variables that the image takes with rkt, separated by commas."}}};
const formats16 = formatTests["repository-url"];
const func2 = (ucs2lengthModule.default ?? ucs2lengthModule);

function validate11(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://container-metalink.invalid/schemas/labels/label-schema-1.0.json" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data["org.label-schema.build-date"] !== undefined){
let data0 = data["org.label-schema.build-date"];
if(typeof data0 === "string"){
if(!(formats0(data0))){
const err0 = {instancePath:instancePath+"/org.label-schema.build-date",schemaPath:"#/properties/org.label-schema.build-date/format",keyword:"format",params:{format: "date-time"},message:"must match format \""+"date-time"+"\""};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath:instancePath+"/org.label-schema.build-date",schemaPath:"#/properties/org.label-schema.build-date/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data["org.label-schema.name"] !== undefined){
if(typeof data["org.label-schema.name"] !== "string"){
const err2 = {instancePath:instancePath+"/org.label-schema.name",schemaPath:"#/properties/org.label-schema.name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data["org.label-schema.description"] !== undefined){
let data2 = data["org.label-schema.description"];
if(typeof data2 === "string"){
if(func2(data2) > 300){
const err3 = {instancePath:instancePath+"/org.label-schema.description",schemaPath:"#/properties/org.label-schema.description/maxLength",keyword:"maxLength",params:{limit: 300},message:"must NOT have more than 300 characters"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/org.label-schema.description",schemaPath:"#/properties/org.label-schema.description/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data["org.label-schema.usage"] !== undefined){
if(typeof data["org.label-schema.usage"] !== "string"){
const err5 = {instancePath:instancePath+"/org.label-schema.usage",schemaPath:"#/properties/org.label-schema.usage/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data["org.label-schema.url"] !== undefined){
let data4 = data["org.label-schema.url"];
if(typeof data4 === "string"){
if(!(formats2(data4))){
const err6 = {instancePath:instancePath+"/org.label-schema.url",schemaPath:"#/properties/org.label-schema.url/format",keyword:"format",params:{format: "uri"},message:"must match format \""+"uri"+"\""};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/org.label-schema.url",schemaPath:"#/properties/org.label-schema.url/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data["org.label-schema.vcs-url"] !== undefined){
let data5 = data["org.label-schema.vcs-url"];
if(typeof data5 === "string"){
if(!(formats16(data5))){
const err8 = {instancePath:instancePath+"/org.label-schema.vcs-url",schemaPath:"#/properties/org.label-schema.vcs-url/format",keyword:"format",params:{format: "repository-url"},message:"must match format \""+"repository-url"+"\""};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/org.label-schema.vcs-url",schemaPath:"#/properties/org.label-schema.vcs-url/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data["org.label-schema.vcs-ref"] !== undefined){
if(typeof data["org.label-schema.vcs-ref"] !== "string"){
const err10 = {instancePath:instancePath+"/org.label-schema.vcs-ref",schemaPath:"#/properties/org.label-schema.vcs-ref/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data["org.label-schema.vendor"] !== undefined){
if(typeof data["org.label-schema.vendor"] !== "string"){
const err11 = {instancePath:instancePath+"/org.label-schema.vendor",schemaPath:"#/properties/org.label-schema.vendor/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data["org.label-schema.version"] !== undefined){
if(typeof data["org.label-schema.version"] !== "string"){
const err12 = {instancePath:instancePath+"/org.label-schema.version",schemaPath:"#/properties/org.label-schema.version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data["org.label-schema.schema-version"] !== undefined){
let data9 = data["org.label-schema.schema-version"];
if(typeof data9 !== "string"){
const err13 = {instancePath:instancePath+"/org.label-schema.schema-version",schemaPath:"#/properties/org.label-schema.schema-version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(!(((data9 === "1.0") || (data9 === "1.0.0-rc.1")) || (data9 === "1.0.0-rc1"))){
const err14 = {instancePath:instancePath+"/org.label-schema.schema-version",schemaPath:"#/properties/org.label-schema.schema-version/enum",keyword:"enum",params:{allowedValues: schema12.properties["org.label-schema.schema-version"].enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data["org.label-schema.build-arch"] !== undefined){
if(typeof data["org.label-schema.build-arch"] !== "string"){
const err15 = {instancePath:instancePath+"/org.label-schema.build-arch",schemaPath:"#/properties/org.label-schema.build-arch/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data["org.label-schema.docker.cmd"] !== undefined){
if(typeof data["org.label-schema.docker.cmd"] !== "string"){
const err16 = {instancePath:instancePath+"/org.label-schema.docker.cmd",schemaPath:"#/properties/org.label-schema.docker.cmd/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data["org.label-schema.docker.cmd.devel"] !== undefined){
if(typeof data["org.label-schema.docker.cmd.devel"] !== "string"){
const err17 = {instancePath:instancePath+"/org.label-schema.docker.cmd.devel",schemaPath:"#/properties/org.label-schema.docker.cmd.devel/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data["org.label-schema.docker.cmd.test"] !== undefined){
if(typeof data["org.label-schema.docker.cmd.test"] !== "string"){
const err18 = {instancePath:instancePath+"/org.label-schema.docker.cmd.test",schemaPath:"#/properties/org.label-schema.docker.cmd.test/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data["org.label-schema.docker.cmd.debug"] !== undefined){
if(typeof data["org.label-schema.docker.cmd.debug"] !== "string"){
const err19 = {instancePath:instancePath+"/org.label-schema.docker.cmd.debug",schemaPath:"#/properties/org.label-schema.docker.cmd.debug/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data["org.label-schema.docker.cmd.help"] !== undefined){
if(typeof data["org.label-schema.docker.cmd.help"] !== "string"){
const err20 = {instancePath:instancePath+"/org.label-schema.docker.cmd.help",schemaPath:"#/properties/org.label-schema.docker.cmd.help/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data["org.label-schema.docker.params"] !== undefined){
if(typeof data["org.label-schema.docker.params"] !== "string"){
const err21 = {instancePath:instancePath+"/org.label-schema.docker.params",schemaPath:"#/properties/org.label-schema.docker.params/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data["org.label-schema.rkt.cmd"] !== undefined){
if(typeof data["org.label-schema.rkt.cmd"] !== "string"){
const err22 = {instancePath:instancePath+"/org.label-schema.rkt.cmd",schemaPath:"#/properties/org.label-schema.rkt.cmd/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data["org.label-schema.rkt.cmd.devel"] !== undefined){
if(typeof data["org.label-schema.rkt.cmd.devel"] !== "string"){
const err23 = {instancePath:instancePath+"/org.label-schema.rkt.cmd.devel",schemaPath:"#/properties/org.label-schema.rkt.cmd.devel/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data["org.label-schema.rkt.cmd.test"] !== undefined){
if(typeof data["org.label-schema.rkt.cmd.test"] !== "string"){
const err24 = {instancePath:instancePath+"/org.label-schema.rkt.cmd.test",schemaPath:"#/properties/org.label-schema.rkt.cmd.test/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data["org.label-schema.rkt.cmd.debug"] !== undefined){
if(typeof data["org.label-schema.rkt.cmd.debug"] !== "string"){
const err25 = {instancePath:instancePath+"/org.label-schema.rkt.cmd.debug",schemaPath:"#/properties/org.label-schema.rkt.cmd.debug/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data["org.label-schema.rkt.cmd.help"] !== undefined){
if(typeof data["org.label-schema.rkt.cmd.help"] !== "string"){
const err26 = {instancePath:instancePath+"/org.label-schema.rkt.cmd.help",schemaPath:"#/properties/org.label-schema.rkt.cmd.help/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data["org.label-schema.rkt.params"] !== undefined){
if(typeof data["org.label-schema.rkt.params"] !== "string"){
const err27 = {instancePath:instancePath+"/org.label-schema.rkt.params",schemaPath:"#/properties/org.label-schema.rkt.params/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
}
else {
const err28 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
validate11.errors = vErrors;
return errors === 0;
}

export const validateBiocontainers = validate12;
const schema13 = {"$schema":"http://json-schema.org/draft-07/schema#","$id":"https://container-metalink.invalid/schemas/labels/biocontainers.json","title":"BioContainers","description":"Labels of the BioContainers container specification. Applied to a recipe that sets one of the labels no other convention knows (`about.…`, `extra.identifiers.…`, `software.version`, `base_image`).","x-documentation":"https://github.com/BioContainers/specs/blob/master/container-specs.md","x-appliesWith":"^(?:about\\.[a-z_]+|extra\\.identifiers?\\..+|software\\.version|base_image)$","type":"object","properties":{"base_image":{"type":"string","description":"Image that the container was built from.","examples":["biocontainers:v1.2.0_cv1"]},"version":{"type":"string","description":"Version of the recipe itself, a number that grows.","pattern":"^[0-9]+$","examples":["1"]},"software":{"type":"string","description":"Name of the packaged software, as in the name of the container.","examples":["comet"]},"software.version":{"type":"string","description":"Version of the packaged software.","examples":["2016012"]},"about.summary":{"type":"string","description":"What the software does, in one sentence."},"about.home":{"type":"string","description":"Web site of the software.","format":"uri","examples":["https://example.org/tool"]},"about.documentation":{"type":"string","description":"Where the documentation of the software is: a URL.","format":"uri"},"about.license":{"type":"string","description":"SPDX licence expression, with or without the prefix `SPDX:`; or `Custom License`, explained by `about.license_file`.","format":"biocontainers-license","examples":["SPDX:Apache-2.0","Custom License"]},"about.license_file":{"type":"string","description":"Where the licence text is: a path in the container, or a URL.","examples":["/usr/share/common-licenses/Apache-2.0"]},"about.tags":{"type":"string","description":"Words that the software is found by, separated by commas.","examples":["Proteomics"]},"extra.identifiers.biotools":{"type":"string","description":"Identifier of the software in bio.tools.","examples":["comet"]},"extra.identifiers.doi":{"type":"string","description":"DOI of the software or its publication.","pattern":"^(?:https?://(?:dx\\.)?doi\\.org/|doi:)?10\\.[0-9]{4,9}/\\S+$","examples":["10.1000/182"]},"maintainer":{"type":"string","description":"Who looks after the container: name and e-mail address.","examples":["Jane Doe <jane@example.org>"]}},"required":["base_image","software","software.version","about.summary","about.home","about.license"]};
const pattern1 = new RegExp("^[0-9]+$", "u");
const pattern2 = new RegExp("^(?:https?://(?:dx\\.)?doi\\.org/|doi:)?10\\.[0-9]{4,9}/\\S+$", "u");
const formats22 = formatTests["biocontainers-license"];

function validate12(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://container-metalink.invalid/schemas/labels/biocontainers.json" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.base_image === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "base_image"},message:"must have required property '"+"base_image"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.software === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "software"},message:"must have required property '"+"software"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data["software.version"] === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "software.version"},message:"must have required property '"+"software.version"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data["about.summary"] === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "about.summary"},message:"must have required property '"+"about.summary"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data["about.home"] === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "about.home"},message:"must have required property '"+"about.home"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data["about.license"] === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "about.license"},message:"must have required property '"+"about.license"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.base_image !== undefined){
if(typeof data.base_image !== "string"){
const err6 = {instancePath:instancePath+"/base_image",schemaPath:"#/properties/base_image/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.version !== undefined){
let data1 = data.version;
if(typeof data1 === "string"){
if(!pattern1.test(data1)){
const err7 = {instancePath:instancePath+"/version",schemaPath:"#/properties/version/pattern",keyword:"pattern",params:{pattern: "^[0-9]+$"},message:"must match pattern \""+"^[0-9]+$"+"\""};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/version",schemaPath:"#/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.software !== undefined){
if(typeof data.software !== "string"){
const err9 = {instancePath:instancePath+"/software",schemaPath:"#/properties/software/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data["software.version"] !== undefined){
if(typeof data["software.version"] !== "string"){
const err10 = {instancePath:instancePath+"/software.version",schemaPath:"#/properties/software.version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data["about.summary"] !== undefined){
if(typeof data["about.summary"] !== "string"){
const err11 = {instancePath:instancePath+"/about.summary",schemaPath:"#/properties/about.summary/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data["about.home"] !== undefined){
let data5 = data["about.home"];
if(typeof data5 === "string"){
if(!(formats2(data5))){
const err12 = {instancePath:instancePath+"/about.home",schemaPath:"#/properties/about.home/format",keyword:"format",params:{format: "uri"},message:"must match format \""+"uri"+"\""};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/about.home",schemaPath:"#/properties/about.home/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data["about.documentation"] !== undefined){
let data6 = data["about.documentation"];
if(typeof data6 === "string"){
if(!(formats2(data6))){
const err14 = {instancePath:instancePath+"/about.documentation",schemaPath:"#/properties/about.documentation/format",keyword:"format",params:{format: "uri"},message:"must match format \""+"uri"+"\""};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/about.documentation",schemaPath:"#/properties/about.documentation/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data["about.license"] !== undefined){
let data7 = data["about.license"];
if(typeof data7 === "string"){
if(!(formats22(data7))){
const err16 = {instancePath:instancePath+"/about.license",schemaPath:"#/properties/about.license/format",keyword:"format",params:{format: "biocontainers-license"},message:"must match format \""+"biocontainers-license"+"\""};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
else {
const err17 = {instancePath:instancePath+"/about.license",schemaPath:"#/properties/about.license/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data["about.license_file"] !== undefined){
if(typeof data["about.license_file"] !== "string"){
const err18 = {instancePath:instancePath+"/about.license_file",schemaPath:"#/properties/about.license_file/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data["about.tags"] !== undefined){
if(typeof data["about.tags"] !== "string"){
const err19 = {instancePath:instancePath+"/about.tags",schemaPath:"#/properties/about.tags/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data["extra.identifiers.biotools"] !== undefined){
if(typeof data["extra.identifiers.biotools"] !== "string"){
const err20 = {instancePath:instancePath+"/extra.identifiers.biotools",schemaPath:"#/properties/extra.identifiers.biotools/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data["extra.identifiers.doi"] !== undefined){
let data11 = data["extra.identifiers.doi"];
if(typeof data11 === "string"){
if(!pattern2.test(data11)){
const err21 = {instancePath:instancePath+"/extra.identifiers.doi",schemaPath:"#/properties/extra.identifiers.doi/pattern",keyword:"pattern",params:{pattern: "^(?:https?://(?:dx\\.)?doi\\.org/|doi:)?10\\.[0-9]{4,9}/\\S+$"},message:"must match pattern \""+"^(?:https?://(?:dx\\.)?doi\\.org/|doi:)?10\\.[0-9]{4,9}/\\S+$"+"\""};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/extra.identifiers.doi",schemaPath:"#/properties/extra.identifiers.doi/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data.maintainer !== undefined){
if(typeof data.maintainer !== "string"){
const err23 = {instancePath:instancePath+"/maintainer",schemaPath:"#/properties/maintainer/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
validate12.errors = vErrors;
return errors === 0;
}
