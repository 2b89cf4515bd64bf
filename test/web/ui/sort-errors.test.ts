import { describe, expect, it } from 'vitest';
import { sortErrors } from '../../../src/web/ui/use-form.ts';

const names = ['prefix', 'rateLimit', 'burst', 'note'];
const refusal = (field: string, message = 'is wrong') => ({
  detail: 'refused',
  errors: [{ field, message }],
});

describe('errors of the API at the fields of a form', () => {
  it.each([
    ['prefix', 'prefix'],
    ['/prefix', 'prefix'],
    ['access.rules[12].prefix', 'prefix'],
    ['rateLimit.burst', 'burst'],
    ['rateLimit.interval', 'rateLimit'],
  ])('%s is shown at %s', (field, name) => {
    expect(sortErrors(refusal(field), names)).toEqual({ fields: { [name]: 'is wrong' }, general: '' });
  });

  it('tells what no field can show, by its name', () => {
    expect(sortErrors(refusal('http.listen', 'clashes'), names).general).toBe('http.listen: clashes');
    expect(sortErrors(refusal('', 'two rules are the same'), names).general).toBe('two rules are the same');
  });

  it('keeps the first message of a field, and the rest of the refusal out of sight', () => {
    const both = {
      detail: 'both',
      errors: [refusal('note', 'first').errors[0], refusal('note', 'second').errors[0]],
    };
    expect(sortErrors(both, names)).toEqual({ fields: { note: 'first' }, general: '' });
  });

  it('tells a failure without fields in its own words', () => {
    expect(sortErrors({ detail: 'the disk is full', errors: [] }, names).general).toBe('the disk is full');
    expect(sortErrors(new Error('no answer'), names).general).toBe('no answer');
    expect(sortErrors('odd', names).general).toBe('it did not work: try again');
  });
});
