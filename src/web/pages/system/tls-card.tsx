import { useState } from 'preact/hooks';
import type { ConfigView } from '../../../api/settings-controls.ts';
import type { TlsView } from '../../../api/tls-controls.ts';
import { send, useApi } from '../../api.ts';
import { Confirm } from '../../ui/dialog.tsx';
import { Select, TextArea, Toggle } from '../../ui/form.tsx';
import { InlineForm } from '../../ui/inline-form.tsx';
import { Card, Facts } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { pendingMayHaveChanged } from '../../ui/pending.tsx';
import { Utc } from '../../ui/time.tsx';
import { useForm } from '../../ui/use-form.ts';
import { useConfig } from '../network/use-config.ts';

type Certificate = NonNullable<TlsView['certificate']>;

export function TlsCard({ mayEdit }: { readonly mayEdit: boolean }) {
  const tls = useApi<TlsView>('/tls');
  const config = useConfig();
  return (
    <>
      <Card title="Certificate">
        <Loaded of={tls} what="TLS">
          {({ enabled, certificate }) => (
            <>
              <p>This page is served {enabled ? 'encrypted, by HTTPS' : 'without encryption, by HTTP'}.</p>
              {certificate ? (
                <CertificateFacts certificate={certificate} />
              ) : (
                <p class="muted">There is none yet.</p>
              )}
            </>
          )}
        </Loaded>
        {mayEdit && <RenewButton onDone={tls.reload} />}
      </Card>
      {mayEdit && tls.data && (
        <>
          <Card title="Encryption">
            <Loaded of={config} what="the settings">
              {(view) => <EncryptionForm view={view} patch={config.patch} />}
            </Loaded>
          </Card>
          <Card title="A certificate of your own">
            <UploadForm onDone={tls.reload} />
          </Card>
        </>
      )}
    </>
  );
}

function CertificateFacts({ certificate: c }: { certificate: Certificate }) {
  return (
    <Facts
      rows={[
        ['For', c.names.join(', ') || c.subject],
        ['Issued by', c.selfSigned ? 'itself: browsers warn until it is trusted' : c.issuer],
        ['Valid from (UTC)', <Utc key="from" at={c.notBefore} />],
        ['Valid until (UTC)', <Utc key="to" at={c.notAfter} />],
        [
          'SHA-256',
          <span key="hash" class="mono">
            {c.fingerprintSha256}
          </span>,
        ],
      ]}
    />
  );
}

function RenewButton({ onDone }: { onDone: () => void }) {
  const [asked, setAsked] = useState(false);
  return (
    <>
      <div class="buttons">
        <button type="button" onClick={() => setAsked(true)}>
          Make a new certificate…
        </button>
      </div>
      {asked && (
        <Confirm
          title="Make a new certificate?"
          action="Make it"
          onClose={() => setAsked(false)}
          onConfirm={async () => {
            await send('POST', '/tls/renew');
            pendingMayHaveChanged();
            onDone();
          }}
        >
          <p>
            It takes the place of the one in use. Whoever trusts that one by its fingerprint is asked again.
          </p>
        </Confirm>
      )}
    </>
  );
}

const MODES = [
  { value: 'auto', label: 'HTTPS, unless only this machine can reach it' },
  { value: 'true', label: 'HTTPS' },
  { value: 'false', label: 'plain HTTP' },
] as const;

function EncryptionForm({ view, patch }: { view: ConfigView; patch: ReturnType<typeof useConfig>['patch'] }) {
  const { tls, hsts } = view.config.http;
  const form = useForm({ tls: String(tls) as (typeof MODES)[number]['value'], hsts });
  const { values, errors, set } = form;
  return (
    <InlineForm
      form={form}
      action="Apply"
      said="Applied"
      save={(next) =>
        patch({ http: { tls: next.tls === 'auto' ? 'auto' : next.tls === 'true', hsts: next.hsts } })
      }
    >
      <Select
        label="Serve by"
        value={values.tls}
        error={errors['tls']}
        options={MODES}
        onChange={(value) => set('tls', value)}
      />
      <Toggle
        label="Tell browsers to come by HTTPS only (HSTS)"
        help="They remember it for a year, even when TLS is switched off again."
        value={values.hsts}
        error={errors['hsts']}
        onChange={(value) => set('hsts', value)}
      />
    </InlineForm>
  );
}

const EMPTY = { certificate: '', key: '' };

function UploadForm({ onDone }: { onDone: () => void }) {
  const form = useForm(EMPTY);
  const { values, errors, set } = form;
  const save = async (pair: typeof values) => {
    await send('PUT', '/tls', pair);
    form.replace(EMPTY);
    onDone();
  };
  return (
    <InlineForm form={form} action="Use it" said="In use" save={save}>
      <TextArea
        label="Certificate"
        help="PEM, with the certificates between it and the root."
        placeholder="-----BEGIN CERTIFICATE-----"
        value={values.certificate}
        error={errors['certificate']}
        onChange={(value) => set('certificate', value)}
      />
      <TextArea
        label="Private key"
        help="PEM. It is not shown again."
        placeholder="-----BEGIN PRIVATE KEY-----"
        value={values.key}
        error={errors['key']}
        onChange={(value) => set('key', value)}
      />
    </InlineForm>
  );
}
