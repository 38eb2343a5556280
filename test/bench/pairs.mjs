// What two programs took in turn: the round whose ratio is the middle one. What runs side by side shares what else the machine does.

/** `{ ours, theirs }` of that round, for a row of the report. */
export function middlePair(ours, theirs) {
  const pairs = ours.map((mine, round) => ({ ours: mine, theirs: theirs[round] }));
  return pairs.sort((a, b) => a.ours / a.theirs - b.ours / b.theirs)[Math.floor(pairs.length / 2)];
}
