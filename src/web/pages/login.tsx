/** Logging in. */
import { send } from '../api.ts';
import { afterLogin, useRoute } from '../router.ts';
import { type Session, setSession, wasSignedOut } from '../session.ts';
import { Buttons, FormError, TextField } from '../ui/form.tsx';
import { Card, Notice, Page } from '../ui/layout.tsx';
import { useForm } from '../ui/use-form.ts';

/** Said in the place of a page that needs a login; that page follows by itself once there is one. */
export function LoginPage() {
  const form = useForm({ name: '', password: '' });
  const route = useRoute();
  const login = async (values: typeof form.values) => {
    const { data } = await send<Session>('POST', '/session', values);
    const to = afterLogin(route);
    if (to !== undefined) location.hash = to;
    setSession(data);
  };
  return (
    <Page title="Log in">
      {wasSignedOut() && (
        <Notice tone="warn" live>
          You are signed out: the session has ended. Log in to go on where you were.
        </Notice>
      )}
      <Card title="Who are you?" class="narrow">
        <form
          onSubmit={async (event) => {
            event.preventDefault();
            if (!(await form.submit(login))) form.set('password', '', true);
          }}
        >
          <TextField
            label="Name"
            value={form.values.name}
            error={form.errors['name']}
            autoComplete="username"
            required
            onChange={(value) => form.set('name', value)}
          />
          <TextField
            label="Password"
            type="password"
            value={form.values.password}
            error={form.errors['password']}
            autoComplete="current-password"
            required
            onChange={(value) => form.set('password', value)}
          />
          <FormError text={form.general} />
          <Buttons>
            <button type="submit" class="primary" disabled={form.busy}>
              Log in
            </button>
          </Buttons>
        </form>
      </Card>
      {location.protocol === 'http:' && !isLoopback(location.hostname) && (
        <Notice tone="warn">
          This connection is not encrypted: a password typed here can be read on the way. Switch TLS on under
          System.
        </Notice>
      )}
    </Page>
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
