/** A reason as part of a longer sentence: errors of the network are sentences of their own. */
export function asClause(reason: string): string {
  return reason.replace(/\.$/, '');
}

/** A reason with the source that it is about; errors of the network name it themselves. */
export function aboutHost(reason: string, host: string): string {
  return reason.includes(host) ? asClause(reason) : `${host}: ${asClause(reason)}`;
}
