import type { ComponentType, ReactNode } from 'react';
import type { Collection } from '../api/queries';
import type { MessageKey } from '../i18n';
import type { Column } from './DataTable';

/** Something that people do to one object, or to several at once. */
export interface Action<T> {
  id: string;
  /** The method of the API without which it is not there, such as `vm.clone`. */
  needs?: string;
  label: MessageKey;
  icon?: ComponentType;
  /** Shown as a button, not only in the menu. */
  prominent?: boolean;
  /** Whether it makes sense for an object as it is now. */
  on?: (row: T) => boolean;
  single?: boolean;
  danger?: boolean;
  /** Asked before it is done. */
  confirm?: { title: MessageKey; text: MessageKey };
  run?: (row: T) => Promise<unknown>;
  dialog?: (properties: { rows: readonly T[]; onClose: () => void }) => ReactNode;
}

export interface Tab<T> {
  id: string;
  needs?: string;
  title: MessageKey;
  shown?: (row: T) => boolean;
  content: (row: T) => ReactNode;
}

/** A button that makes something. */
export interface Making {
  label: MessageKey;
  needs?: string;
  dialog: (properties: { onClose: () => void }) => ReactNode;
}

/** A kind of object as the administration shows it: its list, its page, and what can be done to it. */
export interface Resource<T> {
  kind: Collection;
  needs?: string;
  icon: ComponentType;
  useColumns: () => Column<T>[];
  actions: readonly Action<T>[];
  create?: Making;
  /** Further buttons beside the one that creates. */
  extras?: readonly Making[];
  tabs?: readonly Tab<T>[];
  status?: (row: T) => string | undefined;
  title?: (row: T) => string;
  sort?: { column: string; down: boolean };
  /** Of what the API lists, what people should see. */
  rows?: (all: readonly T[]) => readonly T[];
  emptyText?: MessageKey;
}

/** Where an object of a kind is shown. */
export const pathOf = (kind: Collection, id = '') => `/admin/${kind.replaceAll('_', '-')}${id && `/${id}`}`;
