import { createConfig, lintFromString } from '@redocly/openapi-core';
import type { OpenApiDocument } from '../../../../src/adapters/http/index.js';

const config = createConfig({
  extends: ['recommended-strict'],
  rules: { 'no-invalid-schema-examples': 'error', 'no-invalid-parameter-examples': 'error' },
});

/**
 * What an independent linter has to say of a document: all of its strictest rules, and examples of schemas besides those
 * of operations. It holds examples against schemas with a JSON Schema validator of its own, and takes no field that a
 * schema does not name.
 */
export async function problemsOf(document: OpenApiDocument): Promise<readonly string[]> {
  const problems = await lintFromString({
    source: JSON.stringify(document),
    absoluteRef: '/openapi.json',
    config: await config,
  });
  return problems.map(
    ({ ruleId, message, location }) =>
      `${ruleId}: ${message} ${location.map((each) => each.pointer).join(' ')}`,
  );
}
