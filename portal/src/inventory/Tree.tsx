import { Button, Skeleton, Title } from '@patternfly/react-core';
import AngleDownIcon from '@patternfly/react-icons/dist/esm/icons/angle-down-icon';
import AngleRightIcon from '@patternfly/react-icons/dist/esm/icons/angle-right-icon';
import BuildingIcon from '@patternfly/react-icons/dist/esm/icons/building-icon';
import ClusterIcon from '@patternfly/react-icons/dist/esm/icons/cluster-icon';
import DesktopIcon from '@patternfly/react-icons/dist/esm/icons/desktop-icon';
import ServerIcon from '@patternfly/react-icons/dist/esm/icons/server-icon';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import { type Collection, useList } from '../api/queries';
import type { Cluster, DataCenter, Host, Named, Vm } from '../api/types';
import { t } from '../i18n';
import { pathOf } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';

/** More than that under one host nobody reads in a tree; the lists find them. */
const MOST = 200;

interface Node extends Named {
  status?: string;
}

function Branch(properties: { kind: Collection; node: Node; icon: ReactNode; children?: ReactNode[] }) {
  const { kind, node, icon, children = [] } = properties;
  const [open, setOpen] = useState(children.length <= 30);
  return (
    <li>
      <span className="bw-tree__node">
        {children.length > 0 ? (
          <Button
            variant="plain"
            size="sm"
            icon={open ? <AngleDownIcon /> : <AngleRightIcon />}
            aria-expanded={open}
            aria-label={node.name ?? ''}
            onClick={() => setOpen(!open)}
          />
        ) : (
          <span className="bw-tree__leaf" />
        )}
        {icon}
        <Link to={pathOf(kind, node.id)}>{node.name}</Link>
        {node.status && node.status !== 'up' && <StatusLabel status={node.status} />}
      </span>
      {open && children.length > 0 && <ul className="bw-tree">{children}</ul>}
    </li>
  );
}

/** Data center, cluster, host and machine, as they lie in each other. */
export function Tree() {
  const { data: centers } = useList<DataCenter>('data_centers');
  const { data: clusters = [] } = useList<Cluster>('clusters');
  const { data: hosts } = useList<Host>('hosts');
  const { data: vms } = useList<Vm>('vms');
  if (!centers || !hosts || !vms) return <Skeleton height="200px" screenreaderText={t('table.loading')} />;
  const machines = (of: Vm[]) =>
    of.slice(0, MOST).map((vm) => <Branch key={vm.id} kind="vms" node={vm} icon={<DesktopIcon />} />);
  return (
    <section className="bw-page" aria-labelledby="tree-title">
      <Title headingLevel="h1" size="2xl" id="tree-title">
        {t('tree.title')}
      </Title>
      <div className="bw-card bw-tree__all">
        <ul className="bw-tree">
          {centers.map((center) => (
            <Branch key={center.id} kind="data_centers" node={center} icon={<BuildingIcon />}>
              {clusters
                .filter((cluster) => cluster.data_center?.id === center.id)
                .map((cluster) => (
                  <Branch key={cluster.id} kind="clusters" node={cluster} icon={<ClusterIcon />}>
                    {[
                      ...hosts
                        .filter((host) => host.cluster?.id === cluster.id)
                        .map((host) => (
                          <Branch key={host.id} kind="hosts" node={host} icon={<ServerIcon />}>
                            {machines(vms.filter((vm) => vm.host?.id === host.id))}
                          </Branch>
                        )),
                      ...machines(vms.filter((vm) => vm.cluster?.id === cluster.id && !vm.host)),
                    ]}
                  </Branch>
                ))}
            </Branch>
          ))}
        </ul>
      </div>
    </section>
  );
}
