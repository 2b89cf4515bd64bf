import { useState } from 'preact/hooks';
import type { SystemView } from '../../../api/system-controls.ts';
import { send } from '../../api.ts';
import { Confirm } from '../../ui/dialog.tsx';
import { Buttons } from '../../ui/form.tsx';
import { Card } from '../../ui/layout.tsx';

type Deed = 'reboot' | 'factory-reset';

/** `can`: what this machine lets the appliance do; undefined: not known yet. */
export function PowerCard({ can }: { readonly can: SystemView['can'] | undefined }) {
  const [asked, setAsked] = useState<Deed>();
  const [said, setSaid] = useState('');
  const run = async (deed: Deed) => {
    const { data } = await send<{ readonly text: string }>('POST', `/system/${deed}`);
    setSaid(data.text);
  };
  const close = () => setAsked(undefined);
  return (
    <Card title="Restart">
      {can && !can.reboot && (
        <p class="muted">Not here: this machine has no helper that would do it for the appliance.</p>
      )}
      <Buttons>
        <button type="button" disabled={!can?.reboot} onClick={() => setAsked('reboot')}>
          Restart the machine…
        </button>
        <button
          type="button"
          class="danger"
          disabled={!can?.factoryReset}
          onClick={() => setAsked('factory-reset')}
        >
          Factory reset…
        </button>
        <span role="status">{said}</span>
      </Buttons>
      {asked === 'reboot' && (
        <Confirm
          title="Restart the machine?"
          action="Restart"
          onConfirm={() => run('reboot')}
          onClose={close}
        >
          <p>No time is served meanwhile, and for some minutes after that until the clock is locked again.</p>
        </Confirm>
      )}
      {asked === 'factory-reset' && (
        <Confirm
          title="Reset to the state of delivery?"
          action="Erase and restart"
          typed="erase"
          onConfirm={() => run('factory-reset')}
          onClose={close}
        >
          <p>
            Settings, users, keys, certificates and history are deleted for good, and the appliance waits to
            be claimed again. Take a backup first if you want anything back.
          </p>
        </Confirm>
      )}
    </Card>
  );
}
