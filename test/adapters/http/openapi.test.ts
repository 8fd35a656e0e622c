import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HTTP_ERRORS, openApiDocument } from '../../../src/adapters/http/index.js';
import { STORABLE_PATTERN } from '../../../src/adapters/http/openapi/json-schema.js';
import { codesOf } from '../../../src/adapters/http/openapi/operation.js';
import { ROUTES } from '../../../src/adapters/http/routes/all-routes.js';
import { storableText } from '../../../src/core/input/text.js';
import { TENANT } from '../../../src/testing/builders.js';
import { describeInEachFamily } from '../../operations/support/in-each-family.js';
import { anyText } from '../../support/any-text.js';
import { isFull } from '../../support/size.js';
import { httpCaller } from './support/http-caller.js';
import { problemsOf } from './support/lint-document.js';
import { nameIn, operationsOf, readDocument } from './support/read-document.js';
import { walkRoutes } from './support/walk-routes.js';
import { withExchanges } from './support/with-exchanges.js';

const document = readDocument();
const operations = operationsOf(document);
const { schemas } = document.components;

/** Every pattern of a document, wherever it stands. */
const patternsIn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'pattern' in value && typeof value.pattern === 'string' ? [value.pattern] : [];
  return [...own, ...Object.values(value).flatMap(patternsIn)];
};

/** The codes of the schemas that an answer may fit. */
const codesIn = (schema: Readonly<Record<string, unknown>>): readonly unknown[] =>
  (Array.isArray(schema.oneOf) ? schema.oneOf : [schema]).map(
    (each) => schemas[nameIn(each)]?.properties?.error_code?.const,
  );

describe('the OpenAPI document', () => {
  it('has nothing for its linter to find, wherever it is mounted and however callers sign in', async () => {
    expect(await problemsOf(document)).toEqual([]);
    const ofSomeHost = openApiDocument({
      basePath: 'https://app.example/api',
      title: 'Robots',
      securitySchemes: { cookie: { type: 'apiKey', in: 'cookie', name: 'sid' } },
    });
    if (isFull) expect(await problemsOf(ofSomeHost)).toEqual([]);
    expect(ofSomeHost).toMatchObject({ info: { title: 'Robots' }, security: [{ cookie: [] }] });
  });

  if (isFull) {
    it('is linted by somebody who would notice', async () => {
      const worse = readDocument();
      const [first] = operationsOf(worse);
      if (first?.responses['401']?.content['application/json']) {
        first.responses['401'].content['application/json'].examples = {
          unprocessable: { value: { error_code: 'unprocessable' } },
        };
      }
      Object.assign(worse.components.schemas.Finding ?? {}, { examples: [{ path: 1 }] });
      const rules = (await problemsOf(worse)).map((problem) => problem.split(':')[0]);
      expect(new Set(rules)).toEqual(
        new Set(['no-invalid-media-type-examples', 'no-invalid-schema-examples']),
      );
    });
  }

  it('has every route, and nothing else', () => {
    expect(operations.map(({ operationId, path, method }) => [operationId, path, method])).toEqual(
      expect.arrayContaining(
        ROUTES.map((route) => [route.operationId, route.path, route.method.toLowerCase()]),
      ),
    );
    expect(operations).toHaveLength(ROUTES.length);
  });

  it.each(ROUTES)('says of $operationId precisely which codes it answers, each with its status', (route) => {
    const { responses = {} } = operations.find(({ operationId }) => operationId === route.operationId) ?? {};
    const documented = Object.entries(responses)
      .filter(([status]) => Number(status) >= 400)
      .flatMap(([status, { content }]) =>
        codesIn(content['application/json']?.schema ?? {}).map((code) => [code, Number(status)]),
      );
    const answered = codesOf(route).map((code) => [code, HTTP_ERRORS[code].status]);
    expect(documented.toSorted()).toEqual(answered.toSorted());
    expect(codesOf(route), 'no code is named twice').toHaveLength(new Set(codesOf(route)).size);
  });

  it('names every code there is, in its description where no operation answers it', () => {
    const ofOperations = new Set<string>(ROUTES.flatMap(codesOf));
    const named = [...document.info.description.matchAll(/`(\w+)` \((\d+)\)/g)].map(([, code, status]) => [
      code,
      status,
    ]);
    const others = Object.entries(HTTP_ERRORS).filter(
      // Only refused among many.
      ([code]) => !ofOperations.has(code) && code !== 'wrong_error_reason',
    );
    expect(schemas.WrongErrorReasonError).toBeDefined();
    expect(named.toSorted()).toEqual(others.map(([code, { status }]) => [code, `${status}`]).toSorted());
  });

  it('describes every schema, every parameter but the id of a path, and every field of every body', () => {
    expect(Object.keys(schemas).filter((name) => !schemas[name]?.description)).toEqual([]);
    const parameters = operations.flatMap((each) => each.parameters);
    expect(parameters.filter((each) => each.in !== 'path' && !each.description)).toEqual([]);
    const bodies = operations.flatMap(({ requestBody }) => requestBody?.content['application/json'] ?? []);
    const fields = bodies.flatMap(({ schema }) => Object.entries(schemas[nameIn(schema)]?.properties ?? {}));
    expect(fields.length).toBeGreaterThan(15);
    expect(fields.filter(([name, field]) => name !== 'status' && !field.description)).toEqual([]);
  });

  it('has an example of every body and of every answer', () => {
    for (const { operationId, requestBody, responses } of operations) {
      const contents = [requestBody?.content, ...Object.values(responses).map(({ content }) => content)];
      for (const json of contents.flatMap((content) => content?.['application/json'] ?? [])) {
        const own = Object.keys(json.examples ?? {});
        const ofSchema = json.schema.$ref ? (schemas[nameIn(json.schema)]?.examples ?? []) : [];
        expect([...own, ...ofSchema].length, operationId).toBeGreaterThan(0);
      }
    }
  });

  it('has patterns that mean the same with the flag u and without', () => {
    const patterns = new Set(patternsIn(document));
    expect(patterns).toContain(STORABLE_PATTERN);
    const texts = fc.oneof(
      anyText,
      fc.string({
        unit: fc.constantFrom('p', 'S', '{', '\0', '\n', '\ud83d', '\ude00', '\ud83d\ude00', '9'),
      }),
    );
    for (const pattern of patterns) {
      const [plain, unicode] = [new RegExp(pattern), new RegExp(pattern, 'u')];
      fc.assert(fc.property(texts, (text) => plain.test(text) === unicode.test(text)));
    }
    const [plain, taken] = [
      new RegExp(STORABLE_PATTERN),
      (text: string) => storableText(1_000).safeParse(text).success,
    ];
    fc.assert(fc.property(texts, (text) => text === '' || plain.test(text) === taken(text)));
  });

  it('tells numbers of a query as numbers', () => {
    const limit = operations
      .find(({ operationId }) => operationId === 'listBuilds')
      ?.parameters.find(({ name }) => name === 'limit');
    expect(limit).toMatchObject({ schema: { type: 'integer', minimum: 1, maximum: 200 } });
  });
});

describeInEachFamily('what is really said over HTTP', (open) => {
  it('fits the document: every body that is taken, and every answer of every operation', async () => {
    const exchanges = await walkRoutes(open());
    expect(exchanges.filter(({ seen }) => seen.status >= 300)).toEqual([]);
    const used = new Set(exchanges.map(({ operationId }) => operationId));
    const ofJson = ROUTES.filter(({ answer }) => answer.schema !== null);
    expect([...used].toSorted()).toEqual(ofJson.map(({ operationId }) => operationId).toSorted());
    expect(await problemsOf(withExchanges(exchanges))).toEqual([]);

    const [, ...others] = exchanges;
    const misspelt = others.map((each) => ({
      ...each,
      seen: { ...each.seen, body: { ...each.seen.body, bindingId: 'x' } },
    }));
    expect((await problemsOf(withExchanges(misspelt))).length, 'the linter would notice').toBeGreaterThan(10);
  });

  it('has the document say where the handler is mounted, and what the host adds', async () => {
    const { handler, send } = httpCaller(open(), TENANT, {
      basePath: '/api',
      openApi: { title: 'Robots' },
    });
    const own = await send('GET', '/api/v1/openapi.json');
    expect(own.body).toMatchObject({ info: { title: 'Robots' }, servers: [{ url: '/api' }] });
    const mounted = await handler(new Request('https://host.example/ops/v1/openapi.json'), {
      basePath: '/ops',
    });
    expect(await mounted.json()).toEqual({ ...own.body, servers: [{ url: '/ops' }] });
  });
});
