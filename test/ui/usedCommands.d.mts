export function calledCommands(userDataDir: string): string[];
export function unusedCommands(
  declared: readonly string[],
  called: Iterable<string>,
  exceptions?: Readonly<Record<string, string>>,
): string[];
