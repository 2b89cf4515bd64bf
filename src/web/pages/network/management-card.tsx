import { NumberField, TextArea, Toggle } from '../../ui/form.tsx';
import { InlineForm } from '../../ui/inline-form.tsx';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { useFollowingForm } from '../../ui/use-form.ts';
import { words } from '../keys/key-form.tsx';
import { type Config, type ConfigPatch, useConfig } from './use-config.ts';

/** Who may reach the page and the API, and where. */
export function ManagementCard() {
  const config = useConfig();
  return (
    <Card title="This page and the API">
      <Loaded of={config} what="the configuration">
        {({ config: { http } }) => <ManagementForm http={http} patch={config.patch} />}
      </Loaded>
    </Card>
  );
}

function ManagementForm({
  http,
  patch,
}: {
  http: Config['http'];
  patch: (patch: ConfigPatch) => Promise<void>;
}) {
  const form = useFollowingForm({
    listen: http.listen.join('\n'),
    allow: http.allow.join('\n'),
    openStatus: http.openStatus,
    confirmSeconds: String(http.confirmSeconds),
  });
  const { values, errors, set } = form;
  const save = ({ listen, allow, openStatus, confirmSeconds }: typeof values) =>
    patch({
      http: {
        listen: words(listen),
        allow: words(allow),
        openStatus,
        confirmSeconds: Number(confirmSeconds),
      },
    });
  return (
    <InlineForm form={form} action="Apply" said="Applied" save={save}>
      <TextArea
        label="Listens on"
        help="One a line: addresses such as 0.0.0.0:80 or [::]:80, or interfaces such as eth0:80."
        rows={2}
        value={values.listen}
        error={errors['listen']}
        onChange={(value) => set('listen', value)}
      />
      <TextArea
        label="Who may use it"
        help="Networks, addresses, or attached, loopback, any; one a line. Others are not answered."
        rows={3}
        value={values.allow}
        error={errors['allow']}
        onChange={(value) => set('allow', value)}
      />
      <Toggle
        label="Show the status without a login"
        help="No settings, no clients."
        value={values.openStatus}
        error={errors['openStatus']}
        onChange={(value) => set('openStatus', value)}
      />
      <NumberField
        label="Time to confirm"
        unit="s"
        help="After that, a change that could cut you off is taken back."
        value={values.confirmSeconds}
        error={errors['confirmSeconds']}
        min={10}
        max={3600}
        required
        onChange={(value) => set('confirmSeconds', value)}
      />
    </InlineForm>
  );
}
