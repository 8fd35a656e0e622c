import { readDocument } from './read-document.js';
import type { Exchange } from './recording-caller.js';

/** The document with what was really said in place of its examples, for its linter to hold against its schemas. */
export function withExchanges(exchanges: readonly Exchange[]) {
  const document = readDocument();
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  for (const { operationId, sent, seen } of exchanges) {
    const operation = operations.find((each) => each.operationId === operationId);
    const answer = operation?.responses[seen.status]?.content['application/json'];
    if (!operation || !answer) throw new Error(`${operationId} documents no ${seen.status}.`);
    answer.examples = {
      ...answer.examples,
      [`seen ${Object.keys(answer.examples ?? {}).length}`]: { value: seen.body },
    };
    const body = operation.requestBody?.content['application/json'];
    if (seen.status < 300 && body) {
      body.examples = {
        ...body.examples,
        [`sent ${Object.keys(body.examples ?? {}).length}`]: { value: sent },
      };
    }
  }
  return document;
}
