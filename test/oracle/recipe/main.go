// Command recipe-oracle answers what the parsers of Apptainer and SingularityCE make of definition files, before and after the
// replacement of build arguments.
//
// Arguments: values for build arguments, KEY=VALUE each.
// Standard input: frames, each a length (4 bytes, big endian) and that many bytes of a definition file.
// Standard output: one line of JSON a frame, {"apptainer": answer, "singularity": answer}; run.mjs compares them with ours.
//
// The packages apptainerargs and singularityargs are the engines' internal/pkg/build/args: run.mjs puts them beside this file.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"slices"
	"strings"

	apptainertypes "github.com/apptainer/apptainer/pkg/build/types"
	apptainer "github.com/apptainer/apptainer/pkg/build/types/parser"
	singularitytypes "github.com/sylabs/singularity/v4/pkg/build/types"
	singularity "github.com/sylabs/singularity/v4/pkg/build/types/parser"

	apptainerargs "recipe-oracle/apptainerargs"
	singularityargs "recipe-oracle/singularityargs"
)

type answer struct {
	Stages any    `json:"stages,omitempty"`
	Error  string `json:"error,omitempty"`
	Crash  bool   `json:"crash,omitempty"`
	// The names of an "invalid section(s)" error: the engines list them in random order.
	Sections []string `json:"sections,omitempty"`
	// Each stage after templating, as MakeAllDefs (internal/pkg/build/build.go) does it: without build arguments, then with them.
	Templated [][]stage `json:"templated,omitempty"`
}

// A stage after templating: why the engine gave up, or the text, the arguments that it used, and what it parses to.
type stage struct {
	Missing string   `json:"missing,omitempty"`
	Text    string   `json:"text,omitempty"`
	Used    []string `json:"used,omitempty"`
	Parsed  answer   `json:"parsed"`
}

// Values for build arguments: none, and those of the command line.
var buildArguments = []map[string]string{{}, {}}

func main() {
	for _, argument := range os.Args[1:] {
		key, value, _ := strings.Cut(argument, "=")
		buildArguments[1][key] = value
	}
	log.SetOutput(io.Discard) // the parsers log some errors that they return as well
	if err := serve(bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(in io.Reader, out *bufio.Writer) error {
	encoder := json.NewEncoder(out)
	for {
		var length uint32
		if err := binary.Read(in, binary.BigEndian, &length); errors.Is(err, io.EOF) {
			return out.Flush()
		} else if err != nil {
			return err
		}
		file := make([]byte, length)
		if _, err := io.ReadFull(in, file); err != nil {
			return err
		}
		if err := encoder.Encode(map[string]answer{"apptainer": byApptainer.ask(file), "singularity": bySingularity.ask(file)}); err != nil {
			return err
		}
	}
}

// An engine's own functions, of which the two have the same ones on types of their own.
type engine[definition any] struct {
	all       func(io.Reader) ([]definition, error)
	parse     func(io.Reader) (definition, error)
	defaults  func(definition) map[string]string
	newReader func(source io.Reader, values, defaults map[string]string, used *[]string) (io.Reader, error)
	// Takes the source out of a definition: it is not compared.
	takeSource func(*definition) []byte
	// The names of an "invalid section(s)" error.
	invalidSections func(error) []string
}

var byApptainer = engine[apptainertypes.Definition]{
	all:       apptainer.All,
	parse:     apptainer.ParseDefinitionFile,
	defaults:  apptainerargs.ReadDefaults,
	newReader: apptainerargs.NewReader,
	takeSource: func(definition *apptainertypes.Definition) []byte {
		source := definition.Raw
		definition.Raw, definition.FullRaw = nil, nil
		return source
	},
	invalidSections: sectionsOf(func(invalid *apptainer.InvalidSectionError) []string { return invalid.Sections }),
}

var bySingularity = engine[singularitytypes.Definition]{
	all:       singularity.All,
	parse:     singularity.ParseDefinitionFile,
	defaults:  singularityargs.ReadDefaults,
	newReader: singularityargs.NewReader,
	takeSource: func(definition *singularitytypes.Definition) []byte {
		source := definition.Raw
		definition.Raw, definition.FullRaw = nil, nil
		return source
	},
	invalidSections: sectionsOf(func(invalid *singularity.InvalidSectionError) []string { return invalid.Sections }),
}

// sectionsOf returns what finds an error of type E and reads its names.
func sectionsOf[E error](names func(E) []string) func(error) []string {
	return func(err error) []string {
		var invalid E
		if errors.As(err, &invalid) {
			return names(invalid)
		}
		return nil
	}
}

func (e engine[definition]) ask(file []byte) (result answer) {
	defer recoverInto(&result)
	stages, err := e.all(bytes.NewReader(file))
	if err != nil {
		return e.refused(err)
	}
	sources := make([][]byte, len(stages))
	defaults := make([]map[string]string, len(stages))
	for i := range stages {
		defaults[i] = e.defaults(stages[i])
		sources[i] = e.takeSource(&stages[i])
	}
	for _, values := range buildArguments {
		var templated []stage
		for i, source := range sources {
			templated = append(templated, e.template(source, defaults[i], values))
		}
		result.Templated = append(result.Templated, templated)
	}
	result.Stages = stages
	return result
}

func (e engine[definition]) template(source []byte, defaults, values map[string]string) stage {
	var used []string
	reader, err := e.newReader(bytes.NewReader(source), values, defaults, &used)
	if err != nil {
		return stage{Missing: err.Error()}
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		return stage{Missing: err.Error()}
	}
	return stage{Text: string(text), Used: sorted(used), Parsed: e.parseTemplated(text)}
}

func (e engine[definition]) parseTemplated(text []byte) (result answer) {
	defer recoverInto(&result)
	parsed, err := e.parse(bytes.NewReader(text))
	if err != nil {
		return e.refused(err)
	}
	e.takeSource(&parsed)
	return answer{Stages: []any{parsed}}
}

func (e engine[definition]) refused(err error) answer {
	return answer{Error: err.Error(), Sections: e.invalidSections(err)}
}

func sorted(names []string) []string {
	unique := map[string]bool{}
	for _, name := range names {
		unique[name] = true
	}
	return slices.Sorted(maps.Keys(unique))
}

func recoverInto(result *answer) {
	if crash := recover(); crash != nil {
		*result = answer{Error: fmt.Sprint(crash), Crash: true}
	}
}
