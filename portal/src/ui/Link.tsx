import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { type Collection, useNames } from '../api/queries';
import { pathOf } from './resource';

export function ObjectLink({ kind, id, children }: { kind: Collection; id: string; children: ReactNode }) {
  return <Link to={pathOf(kind, id)}>{children}</Link>;
}

/** The name of an object that another one refers to. */
export function RefLink({ kind, to }: { kind: Collection; to: { id: string } | undefined }) {
  const name = useNames(kind);
  return to ? <Link to={pathOf(kind, to.id)}>{name(to) || '…'}</Link> : null;
}
