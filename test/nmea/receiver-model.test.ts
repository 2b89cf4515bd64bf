import { describe, expect, test } from 'vitest';
import { ReceiverModelReader } from '../../src/nmea/receiver-model.ts';
import { GGA, RMC, sentence } from './lines.ts';

function told(...bodies: readonly string[]) {
  const reader = new ReceiverModelReader();
  for (const body of bodies) reader.take(sentence(body));
  return reader.view;
}

const BANNER = [
  'GNTXT,01,01,02,u-blox AG - www.u-blox.com',
  'GNTXT,01,01,02,HW UBX-M8030 00080000',
  'GNTXT,01,01,02,ROM CORE 3.01 (107888)',
  'GNTXT,01,01,02,FWVER=TIM 1.10',
  'GNTXT,01,01,02,PROTVER=22.00',
  'GNTXT,01,01,02,MOD=NEO-M8T-0',
  'GNTXT,01,01,02,ANTSTATUS=OK',
] as const;

describe('what a receiver tells of itself', () => {
  test.each([
    ['u-blox as it starts', BANNER, 'u-blox', 'NEO-M8T-0', 'TIM 1.10'],
    ['u-blox of before', ['GPTXT,01,01,02,ROM CORE   7.03 (45969) Mar 17 2011'], 'u-blox', null, '7.03'],
    [
      'MediaTek asked',
      ['PMTK705,AXN_2.31_3339_13101700,5632,PA6H,1.0'],
      'MediaTek',
      'PA6H',
      'AXN_2.31_3339_13101700',
    ],
    ['MediaTek as it starts', ['PMTK011,MTKGPS', 'PMTK010,001'], 'MediaTek', null, null],
    [
      'Airoha',
      ['PAIR021,AG3335M_V2.5.0.AG3335M_20211209,S,N'],
      'Airoha',
      'AG3335M',
      'AG3335M_V2.5.0.AG3335M_20211209',
    ],
    ['Quectel', ['PQTMVERNO,LC29HBSNR11A01S,2022/08/31,15:22:59'], 'Quectel', null, 'LC29HBSNR11A01S'],
    ['Garmin', ['PGRMT,GPS 15x-W Ver. 4.20,P,P,R,R,P,,27,R'], 'Garmin', 'GPS 15x-W', '4.20'],
    ['Furuno', ['PERDSYS,VERSION,OPUS7_SFLASH,ENP634A12,QUERY,N/A'], 'Furuno', 'OPUS7_SFLASH', 'ENP634A12'],
    [
      'CASIC',
      ['GPTXT,01,01,02,MA=CASIC', 'GPTXT,01,01,02,IC=ATGB03', 'GPTXT,01,01,02,SW=URANUS2,V2.2.1.0'],
      'CASIC',
      'ATGB03',
      'URANUS2,V2.2.1.0',
    ],
    ['a maker by its own sentences', ['PUBX,00,120000.00'], 'u-blox', null, null],
  ])('%s', (_, bodies, maker, model, firmware) => {
    expect(told(...bodies)).toEqual({ maker, model, firmware });
  });

  test('sentences that all have tell nothing, nor do texts of other things', () => {
    expect(
      told(RMC('120000'), GGA('120000'), 'GNTXT,01,01,02,ANTSTATUS=OPEN', 'GPTXT', 'GPTXT,1'),
    ).toBeNull();
  });

  test('later sentences do not take back what was told', () => {
    expect(told(...BANNER, 'PUBX,04,120000.00', RMC('120001'))?.model).toBe('NEO-M8T-0');
  });

  test('another maker is another receiver', () => {
    expect(told(...BANNER, 'PMTK010,001')).toEqual({ maker: 'MediaTek', model: null, firmware: null });
  });

  test('a text stays short', () => {
    const model = told(`GNTXT,01,01,02,MOD=${'x'.repeat(300)}`)?.model;
    expect(model).toBe('x'.repeat(40));
    expect(told('PMTK705,,,,')).toEqual({ maker: 'MediaTek', model: null, firmware: null });
  });
});
