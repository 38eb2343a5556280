import { readDefinitions } from './definition';
import { parseRecipe } from './parse';
import type { ParsedRecipe } from './syntax';
import { applyTemplate } from './templating';
import type { Engine } from './vocabulary';

/**
 * Everything that the engines make of a text, as one string to compare: the parsed definition before templating, and the one after,
 * stage by stage, without build arguments, for both engines. A refused text has its refusal as meaning. Linear; cannot fail.
 */
export function meaningOf(text: string): string {
  const parsed = parseRecipe(text);
  return JSON.stringify([meaningFor(parsed, 'apptainer'), meaningFor(parsed, 'singularity')]);
}

function meaningFor(parsed: ParsedRecipe, engine: Engine): unknown {
  const { text, stages } = parsed.recipe;
  const templated = stages
    .filter((stage) => !stage.empty)
    .map((stage) => {
      if (stage.placeholders.length === 0) return undefined;
      const { text: filled, used, missing } = applyTemplate(text, stage, { engine });
      return { answer: answerFor(parseRecipe(filled), engine), used: [...used].sort(), missing: missing?.name };
    });
  return [answerFor(parsed, engine), templated];
}

function answerFor(parsed: ParsedRecipe, engine: Engine): unknown {
  const answer = readDefinitions(parsed, engine);
  return 'stages' in answer ? answer.stages : { message: answer.message, crash: answer.crash };
}
