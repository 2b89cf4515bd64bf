import { expect, test } from 'vitest';
import { followed } from '../../../src/web/ui/use-form.ts';

test('what was not touched follows the appliance; what was typed stays', () => {
  const before = { listen: 'a', allow: 'b', open: true };
  expect(followed({ ...before, allow: 'typed' }, before, { listen: 'A', allow: 'B', open: false })).toEqual({
    listen: 'A',
    allow: 'typed',
    open: false,
  });
});
