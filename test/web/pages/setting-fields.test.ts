import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/load.ts';
import { ConfigSchema } from '../../../src/config/schema.ts';
import {
  fieldsOf,
  labelOf,
  type Schema,
  sectionsOf,
  shownValue,
  typedValue,
} from '../../../src/web/pages/system/setting-fields.ts';

const schema = JSON.parse(JSON.stringify(ConfigSchema)) as Schema;
/** Keys that other pages have. */
const ELSEWHERE = ['ntp.listen', 'ntp.port', 'ntp.servers', 'keys.file'];

describe('the form made from the schema', () => {
  const sections = sectionsOf(schema, 'simulation');

  it('has every key that has no page of its own', () => {
    const shown = sections.flatMap((section) =>
      fieldsOf(schema, section).map(({ key }) => `${section}.${key}`),
    );
    const all = Object.entries(schema.properties ?? {})
      .filter(([section]) => !['access', 'network', 'http'].includes(section))
      .flatMap(([section, { properties = {} }]) => Object.keys(properties).map((key) => `${section}.${key}`));
    expect(shown).toEqual(all.filter((key) => !ELSEWHERE.includes(key)));
    expect(shown.length).toBeGreaterThan(20);
  });

  it('gives every default back as it was, through its field', () => {
    const loaded = parseConfig('', 'timeball.yaml');
    if ('errors' in loaded) throw new Error('an empty file is valid');
    const sectionOf = loaded.config as unknown as Record<string, Record<string, unknown>>;
    for (const section of sections)
      for (const { key, kind } of fieldsOf(schema, section)) {
        const value = sectionOf[section]?.[key];
        expect(typedValue(kind, shownValue(value)), `${section}.${key}`).toEqual(value);
      }
  });

  it('explains every field, and offers every choice', () => {
    const fields = sections.flatMap((section) => fieldsOf(schema, section));
    expect(fields.filter(({ help }) => help === '')).toEqual([]);
    expect(fields.filter(({ kind, options }) => kind === 'choice' && options.length < 2)).toEqual([]);
  });

  it('leaves the simulated sky to simulations', () => {
    expect(sectionsOf(schema, 'hardware')).not.toContain('simulation');
    expect(sections).toContain('simulation');
  });

  it('sends what is no number as it was typed, for the refusal to name it', () => {
    expect(typedValue('number', '4x')).toBe('4x');
    expect(typedValue('word', ' auto ')).toBe('auto');
    expect(typedValue('list', 'a, b\nc')).toEqual(['a', 'b', 'c']);
    expect(labelOf('holdForLeapSeconds')).toBe('Hold for leap seconds');
  });
});
