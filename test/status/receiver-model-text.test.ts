import { expect, test } from 'vitest';
import { receiverModelText } from '../../src/status/receiver-model-text.ts';

test.each([
  [null, ''],
  [{ maker: 'u-blox', model: null, firmware: null }, 'u-blox'],
  [{ maker: 'u-blox', model: 'NEO-M8T-0', firmware: 'TIM 1.10' }, 'u-blox NEO-M8T-0 (TIM 1.10)'],
  [{ maker: null, model: null, firmware: '7.03' }, 'firmware (7.03)'],
])('%j in words: %j', (model, text) => {
  expect(receiverModelText(model)).toBe(text);
});
