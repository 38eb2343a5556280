import * as vscode from 'vscode';

/** Recipes to start from. Their comments are for the author of a recipe, in the language of recipes. */
export function recipeTemplates(): readonly { title: string; description: string; text: string }[] {
  return [
    {
      title: vscode.l10n.t('A container image of a registry'),
      description: vscode.l10n.t('Docker Hub, ghcr.io, quay.io and their like; the most common'),
      text: ['Bootstrap: docker', 'From: debian:13', '', ...body()].join('\n'),
    },
    {
      title: vscode.l10n.t('An image file on this machine'),
      description: vscode.l10n.t('A SIF file that was pulled or built before'),
      text: ['Bootstrap: localimage', 'From: base.sif', '', ...body()].join('\n'),
    },
    {
      title: vscode.l10n.t('A build stage and a small final image'),
      description: vscode.l10n.t('Compilers stay in the first stage, only the result is kept'),
      text: twoStages,
    },
  ];
}

/** The recipe of the walkthrough: right but for one section's name. */
export const sampleRecipe = `Bootstrap: docker
From: debian:13

%labels
    Author Your Name
    Version 1.0

%post
    apt-get update
    apt-get install -y --no-install-recommends python3

%tests
    python3 --version

%runscript
    exec python3 "$@"
`;

/** A Metalink 4 document with one file. */
export function metalinkTemplate(now: Date = new Date()): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<metalink xmlns="urn:ietf:params:xml:ns:metalink">
  <published>${now.toISOString().replace(/\.\d+Z$/, 'Z')}</published>
  <file name="image.sif">
    <url priority="1">https://example.org/image.sif</url>
    <url priority="2">https://mirror.example.org/image.sif</url>
  </file>
</metalink>
`;
}

function body(): string[] {
  return [
    '%labels',
    '    Author Your Name',
    '    Version 1.0',
    '',
    '%post',
    '    # Runs once, as root inside the container, when the image is built.',
    '',
    '%environment',
    '    export LC_ALL=C.UTF-8',
    '',
    '%runscript',
    '    exec "$@"',
    '',
    '%test',
    '    # Runs after the build: the image is only kept when this succeeds.',
    '',
    '%help',
    '    What this container is for, and how to use it.',
    '',
  ];
}

const twoStages = `Bootstrap: docker
From: gcc:15
Stage: build

%files
    hello.c /src/hello.c

%post
    gcc -O2 -static -o /src/hello /src/hello.c

Bootstrap: docker
From: alpine:3.22
Stage: final

%files from build
    /src/hello /usr/local/bin/hello

%runscript
    exec /usr/local/bin/hello "$@"

%test
    test -x /usr/local/bin/hello
`;
