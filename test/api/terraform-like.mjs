#!/usr/bin/env node
/**
 * Drives the API as a Terraform provider would: one resource from its creation to its end, for an NTP server and for an
 * access rule. It tidies up behind itself.
 *
 *     node test/api/terraform-like.mjs http://127.0.0.1:8080 [API TOKEN]
 */
import assert from 'node:assert/strict';

const [base = 'http://127.0.0.1:8080', token = process.env.TIMEBALL_TOKEN] = process.argv.slice(2);

/** Sends one request; anything but the statuses that are `expected` ends the run. */
async function call(method, path, { body, ifMatch, expected }) {
  const response = await fetch(`${base}/api/v1${path}`, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(ifMatch && { 'if-match': ifMatch }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  assert.ok(expected.includes(response.status), `${method} ${path}: ${response.status} ${text}`);
  const { status, headers } = response;
  const etag = headers.get('etag');
  return { status, location: headers.get('location'), etag, item: text ? JSON.parse(text) : undefined };
}

/** What a provider implements for one kind of resource. The state file keeps `id` and `etag`. */
function resource(collection) {
  return {
    async create(wanted) {
      const { item, etag, location } = await call('POST', collection, { body: wanted, expected: [201] });
      assert.equal(location, `/api/v1${collection}/${item.id}`);
      return { id: item.id, etag, item };
    },
    /** Undefined: it is gone, and the plan will make it anew. */
    async read(id) {
      const { status, item, etag } = await call('GET', `${collection}/${id}`, { expected: [200, 404] });
      return status === 404 ? undefined : { id, etag, item };
    },
    async update({ id, etag }, changes) {
      const answer = await call('PATCH', `${collection}/${id}`, {
        body: changes,
        ifMatch: etag,
        expected: [200],
      });
      return { id, etag: answer.etag, item: answer.item };
    },
    /** Somebody else changed it since it was read: `terraform apply` stops here and plans again. */
    async updateFromOldState({ id, etag }, changes) {
      await call('PATCH', `${collection}/${id}`, { body: changes, ifMatch: etag, expected: [412] });
    },
    /** What is gone already is as good as deleted. */
    async destroy({ id }) {
      await call('DELETE', `${collection}/${id}`, { expected: [204, 404] });
    },
    async list() {
      return (await call('GET', collection, { expected: [200] })).item.items;
    },
    async refused(wanted, status, field) {
      const { item } = await call('POST', collection, { body: wanted, expected: [status] });
      assert.ok(
        item.errors.some((error) => error.field === field),
        `no error names ${field}: ${JSON.stringify(item)}`,
      );
    },
  };
}

/** The fields that the configuration says, as a plan compares them with what is. */
function drift(wanted, item) {
  return Object.keys(wanted).filter((key) => JSON.stringify(wanted[key]) !== JSON.stringify(item[key]));
}

/** From its creation to its end. `later`: the fields as they are to be changed; `foreign`: as somebody changes them. */
async function lifecycle(name, collection, { wanted, later, foreign, wrong, taken }) {
  const api = resource(collection);
  const before = await api.list();
  let state = await api.create(wanted);
  assert.deepEqual(drift(wanted, state.item), []);
  console.log(`${name} ${state.id}: created`);

  // terraform plan: nothing to do; the tag stays as long as the resource does.
  const read = await api.read(state.id);
  assert.deepEqual(read, state);
  await api.refused(wanted, 409, taken);
  await api.refused({ ...wanted, ...wrong.body }, wrong.status, wrong.field);

  // terraform import ADDRESS ID: from the id alone.
  const imported = await api.read(state.id);
  assert.deepEqual(drift(wanted, imported.item), []);
  console.log(`${name} ${state.id}: imported by its id`);

  // terraform apply, twice: the second changes nothing.
  state = await api.update(state, later);
  const again = await api.update(state, later);
  assert.deepEqual(again, state);
  assert.deepEqual(drift({ ...wanted, ...later }, state.item), []);
  console.log(`${name} ${state.id}: changed`);

  // Somebody changes it on the page: the old state no longer applies, the next plan shows the drift and mends it.
  await api.update({ id: state.id, etag: undefined }, foreign);
  await api.updateFromOldState(state, later);
  const drifted = await api.read(state.id);
  assert.deepEqual(drift({ ...wanted, ...later }, drifted.item), Object.keys(foreign));
  state = await api.update(drifted, later);
  assert.deepEqual(drift({ ...wanted, ...later }, state.item), []);
  console.log(`${name} ${state.id}: drift in ${Object.keys(foreign).join(', ')} found and mended`);

  // terraform destroy, twice; the id is never given again.
  await api.destroy(state);
  await api.destroy(state);
  assert.equal(await api.read(state.id), undefined);
  const next = await api.create(wanted);
  assert.ok(next.id > state.id);
  await api.destroy(next);
  assert.deepEqual(await api.list(), before);
  console.log(`${name} ${state.id}: deleted`);
}

await lifecycle('server', '/servers', {
  wanted: { address: 'ntp1.terraform-like.example', description: 'head office' },
  later: { description: 'head office, second floor' },
  foreign: { description: 'changed by hand' },
  wrong: { body: { address: 'not a host' }, status: 422, field: 'address' },
  taken: 'address',
});
await lifecycle('access rule', '/access/rules', {
  wanted: { prefix: '198.51.100.0/24', action: 'serve', note: 'plant' },
  later: { action: 'deny', rateLimit: { interval: 2 }, requireKey: false },
  foreign: { action: 'ignore' },
  wrong: { body: { prefix: '198.51.100.1/24' }, status: 422, field: 'prefix' },
  taken: 'prefix',
});
console.log('all is as it was');
