import biocontainersDocument from '../../../schemas/labels/biocontainers.json';
import labelSchemaDocument from '../../../schemas/labels/label-schema-1.0.json';
import ociDocument from '../../../schemas/labels/oci-annotations.json';
import type { LabelSchema } from './label';
import { labelSchema } from './schema';
import { validateBiocontainers, validateLabelSchema, validateOciAnnotations } from './vocabularies.standalone';

/** The pre-defined annotation keys of the OCI Image Specification. */
export const ociAnnotations: LabelSchema = labelSchema(ociDocument, validateOciAnnotations);

/** Label Schema 1.0.0-rc.1, deprecated in favour of the above. */
export const labelSchema10: LabelSchema = labelSchema(labelSchemaDocument, validateLabelSchema);

/** The container specification of BioContainers. */
export const biocontainers: LabelSchema = labelSchema(biocontainersDocument, validateBiocontainers);

/** Our own vocabularies, in the order in which completion offers them. */
export const vocabularies: readonly LabelSchema[] = [ociAnnotations, labelSchema10, biocontainers];
