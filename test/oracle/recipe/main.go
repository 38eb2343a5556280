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

	apptainer "github.com/apptainer/apptainer/pkg/build/types/parser"
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
		if err := encoder.Encode(map[string]answer{"apptainer": askApptainer(file), "singularity": askSingularity(file)}); err != nil {
			return err
		}
	}
}

func askApptainer(file []byte) (result answer) {
	defer recoverInto(&result)
	stages, err := apptainer.All(bytes.NewReader(file))
	if err != nil {
		return refusedApptainer(err)
	}
	for _, values := range buildArguments {
		var templated []stage
		for _, definition := range stages {
			templated = append(templated, templateApptainer(definition.Raw, apptainerargs.ReadDefaults(definition), values))
		}
		result.Templated = append(result.Templated, templated)
	}
	for i := range stages {
		stages[i].Raw, stages[i].FullRaw = nil, nil
	}
	result.Stages = stages
	return result
}

func templateApptainer(source []byte, defaults, values map[string]string) stage {
	var used []string
	reader, err := apptainerargs.NewReader(bytes.NewReader(source), values, defaults, &used)
	if err != nil {
		return stage{Missing: err.Error()}
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		return stage{Missing: err.Error()}
	}
	return stage{Text: string(text), Used: sorted(used), Parsed: parseApptainer(text)}
}

func parseApptainer(text []byte) (result answer) {
	defer recoverInto(&result)
	definition, err := apptainer.ParseDefinitionFile(bytes.NewReader(text))
	if err != nil {
		return refusedApptainer(err)
	}
	definition.Raw, definition.FullRaw = nil, nil
	return answer{Stages: []any{definition}}
}

func refusedApptainer(err error) answer {
	var invalid *apptainer.InvalidSectionError
	if errors.As(err, &invalid) {
		return answer{Error: err.Error(), Sections: invalid.Sections}
	}
	return answer{Error: err.Error()}
}

func askSingularity(file []byte) (result answer) {
	defer recoverInto(&result)
	stages, err := singularity.All(bytes.NewReader(file))
	if err != nil {
		return refusedSingularity(err)
	}
	for _, values := range buildArguments {
		var templated []stage
		for _, definition := range stages {
			templated = append(templated, templateSingularity(definition.Raw, singularityargs.ReadDefaults(definition), values))
		}
		result.Templated = append(result.Templated, templated)
	}
	for i := range stages {
		stages[i].Raw, stages[i].FullRaw = nil, nil
	}
	result.Stages = stages
	return result
}

func templateSingularity(source []byte, defaults, values map[string]string) stage {
	var used []string
	reader, err := singularityargs.NewReader(bytes.NewReader(source), values, defaults, &used)
	if err != nil {
		return stage{Missing: err.Error()}
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		return stage{Missing: err.Error()}
	}
	return stage{Text: string(text), Used: sorted(used), Parsed: parseSingularity(text)}
}

func parseSingularity(text []byte) (result answer) {
	defer recoverInto(&result)
	definition, err := singularity.ParseDefinitionFile(bytes.NewReader(text))
	if err != nil {
		return refusedSingularity(err)
	}
	definition.Raw, definition.FullRaw = nil, nil
	return answer{Stages: []any{definition}}
}

func refusedSingularity(err error) answer {
	var invalid *singularity.InvalidSectionError
	if errors.As(err, &invalid) {
		return answer{Error: err.Error(), Sections: invalid.Sections}
	}
	return answer{Error: err.Error()}
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
