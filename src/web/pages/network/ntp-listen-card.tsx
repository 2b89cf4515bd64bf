import { NumberField, TextArea } from '../../ui/form.tsx';
import { InlineForm } from '../../ui/inline-form.tsx';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { useFollowingForm } from '../../ui/use-form.ts';
import { words } from '../keys/key-form.tsx';
import { type Config, type ConfigPatch, useConfig } from './use-config.ts';

/** Where NTP is served. */
export function NtpListenCard() {
  const config = useConfig();
  return (
    <Card title="NTP">
      <Loaded of={config} what="the configuration">
        {({ config: { ntp } }) => <NtpListenForm ntp={ntp} patch={config.patch} />}
      </Loaded>
    </Card>
  );
}

function NtpListenForm({ ntp, patch }: { ntp: Config['ntp']; patch: (patch: ConfigPatch) => Promise<void> }) {
  const form = useFollowingForm({ listen: ntp.listen.join('\n'), port: String(ntp.port) });
  const { values, errors, set } = form;
  return (
    <InlineForm
      form={form}
      action="Apply"
      said="Applied"
      save={({ listen, port }) => patch({ ntp: { listen: words(listen), port: Number(port) } })}
    >
      <TextArea
        label="Listens on"
        help="One a line: addresses, or interfaces such as eth0. 0.0.0.0 and :: are all of them."
        rows={2}
        value={values.listen}
        error={errors['listen']}
        onChange={(value) => set('listen', value)}
      />
      <NumberField
        label="Port"
        help="UDP, where an address above names none."
        value={values.port}
        error={errors['port']}
        min={1}
        max={65_535}
        required
        onChange={(value) => set('port', value)}
      />
    </InlineForm>
  );
}
