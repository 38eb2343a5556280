// Command recipe-oracle answers what the parsers of Apptainer and SingularityCE make of definition files.
//
// Standard input: frames, each a length (4 bytes, big endian) and that many bytes of a definition file.
// Standard output: one line of JSON a frame, {"apptainer": answer, "singularity": answer}; run.mjs compares them with ours.
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
	"os"

	apptainer "github.com/apptainer/apptainer/pkg/build/types/parser"
	singularity "github.com/sylabs/singularity/v4/pkg/build/types/parser"
)

type answer struct {
	Stages any    `json:"stages,omitempty"`
	Error  string `json:"error,omitempty"`
	Crash  bool   `json:"crash,omitempty"`
	// The names of an "invalid section(s)" error: the engines list them in random order.
	Sections []string `json:"sections,omitempty"`
}

func main() {
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
		var invalid *apptainer.InvalidSectionError
		if errors.As(err, &invalid) {
			return answer{Error: err.Error(), Sections: invalid.Sections}
		}
		return answer{Error: err.Error()}
	}
	for i := range stages {
		stages[i].Raw, stages[i].FullRaw = nil, nil
	}
	return answer{Stages: stages}
}

func askSingularity(file []byte) (result answer) {
	defer recoverInto(&result)
	stages, err := singularity.All(bytes.NewReader(file))
	if err != nil {
		var invalid *singularity.InvalidSectionError
		if errors.As(err, &invalid) {
			return answer{Error: err.Error(), Sections: invalid.Sections}
		}
		return answer{Error: err.Error()}
	}
	for i := range stages {
		stages[i].Raw, stages[i].FullRaw = nil, nil
	}
	return answer{Stages: stages}
}

func recoverInto(result *answer) {
	if crash := recover(); crash != nil {
		*result = answer{Error: fmt.Sprint(crash), Crash: true}
	}
}
