import {
  ActionGroup,
  Alert,
  Button,
  CodeBlock,
  CodeBlockCode,
  Flex,
  Form,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  TextInput,
} from '@patternfly/react-core';
import { type FormEvent, useEffect, useState } from 'react';
import { begin, faults, type Progress, progress, USUAL, type Wish } from './deploy';

const PACE = 2_000;

const FIELDS: [keyof Wish, string, string][] = [
  ['storage', 'Storage domain', 'A shared one, whose cluster this host belongs to.'],
  ['address', 'Address', 'With the bits of its network, such as 192.0.2.7/24. Nobody may have it yet.'],
  ['gateway', 'Gateway', ''],
  ['dns', 'Name servers', 'With commas between.'],
  ['name', 'Name', "Of the machine, and its host's name."],
  ['image', 'Image', 'What packaging/engine-machine has made, on this computer.'],
  ['memory', 'Memory in MiB', ''],
  ['processors', 'Processors', ''],
];

function Said({ state }: { state: Progress }) {
  return (
    <>
      {state.under && (
        <Alert isInline variant="info" title="The engine is moving. This page may be closed meanwhile." />
      )}
      {state.done && <Alert isInline variant="success" title="The engine runs in its own machine now." />}
      {!state.under && !state.done && (
        <Alert
          isInline
          variant="danger"
          title="The engine did not move. It says why below; begin again, and it goes on where it stopped."
        />
      )}
      {state.said && (
        <CodeBlock>
          <CodeBlockCode aria-label="What deploy says">{state.said}</CodeBlockCode>
        </CodeBlock>
      )}
    </>
  );
}

/** Moves the engine of this computer into a machine on its own hosts. */
export function Deploy() {
  const [open, setOpen] = useState(false);
  const [wish, setWish] = useState(USUAL);
  const [told, setTold] = useState(false);
  const [refusal, setRefusal] = useState('');
  const [state, setState] = useState<Progress>();
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout>;
    const again = async () => {
      const now = await progress().catch(() => undefined);
      if (stopped) return;
      setState(now);
      timer = setTimeout(again, PACE);
    };
    void again();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, []);
  const wrong = faults(wish);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTold(true);
    if (Object.keys(wrong).length > 0) return;
    setRefusal('');
    try {
      await begin(wish);
      setState({ under: true, done: false, said: '' });
      setOpen(false);
    } catch (failed) {
      setRefusal((failed as Error).message);
    }
  };
  return (
    <Flex
      direction={{ default: 'column' }}
      spaceItems={{ default: 'spaceItemsMd' }}
      alignItems={{ default: 'alignItemsStretch' }}
    >
      {state && <Said state={state} />}
      {!open && !state?.under && !state?.done && (
        <div>
          <Button variant="secondary" onClick={() => setOpen(true)}>
            Deploy the engine machine
          </Button>
        </div>
      )}
      {open && (
        <Form onSubmit={submit} aria-label="Deploy the engine machine" isWidthLimited>
          <p className="bw-hint">
            The engine of this computer moves into a machine on a shared storage domain, and the hosts keep it alive
            from then on. While it moves it serves nobody; machines run on.
          </p>
          {FIELDS.map(([field, label, help]) => {
            const fault = told ? wrong[field] : undefined;
            return (
              <FormGroup key={field} label={label} fieldId={`deploy-${field}`}>
                <TextInput
                  id={`deploy-${field}`}
                  value={wish[field]}
                  validated={fault ? 'error' : 'default'}
                  onChange={(_event, value) => setWish({ ...wish, [field]: value })}
                />
                {(fault || help) && (
                  <FormHelperText>
                    <HelperText>
                      <HelperTextItem variant={fault ? 'error' : 'default'}>{fault || help}</HelperTextItem>
                    </HelperText>
                  </FormHelperText>
                )}
              </FormGroup>
            );
          })}
          {refusal && <Alert isInline variant="danger" title={`It was not begun: ${refusal}`} />}
          <ActionGroup>
            <Button type="submit">Move the engine</Button>
            <Button variant="link" onClick={() => setOpen(false)}>
              Cancel
            </Button>
          </ActionGroup>
        </Form>
      )}
    </Flex>
  );
}
