package org.bellwether.engine.vm;

import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.storage.DirectLuns;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.NewDisks;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.template.Templates;

/** The API of what machines and templates have in them, put together. */
final class DeviceApis {

    private final VmNicsApi nics;
    private final FilterParametersApi filterParameters;
    private final TemplateNicsApi templateNics;
    private final VmDiskAttachmentsApi disks;
    private final VmCdromsApi cdroms;
    private final VmWatchdogsApi watchdogs;
    private final TemplateWatchdogsApi templateDogs;
    private final VmScreensApi screens;
    private final HostDevicesApi hostDevices;
    private final VmNumaNodesApi numaNodes;

    DeviceApis(
            Database database,
            Operations operations,
            Agents agents,
            Events events,
            Hosts hosts,
            Networks networks,
            StorageDomains domains,
            Disks disks,
            NewDisks newDisks,
            DirectLuns luns,
            Templates templates,
            Vms vms,
            Snapshots snapshots,
            GuestReports guests) {
        this.nics = new VmNicsApi(
                database,
                vms,
                networks,
                guests,
                operations,
                events,
                operations.known(new ChangeNic(vms, agents, events)));
        this.filterParameters = new FilterParametersApi(vms, nics, operations);
        this.templateNics = new TemplateNicsApi(database, vms, templates, networks, operations, events);
        this.disks = new VmDiskAttachmentsApi(
                vms,
                disks,
                new VmDiskAttachments(
                        database,
                        vms,
                        snapshots,
                        disks,
                        newDisks,
                        luns,
                        domains,
                        operations,
                        operations.known(new PlugDisk(disks, luns, vms.definitions(), agents, events)),
                        events));
        this.cdroms = new VmCdromsApi(
                database, vms, disks, domains, operations, operations.known(new ChangeCd(vms, agents, events)), events);
        this.watchdogs = new VmWatchdogsApi(database, vms, operations, events);
        this.templateDogs = new TemplateWatchdogsApi(database, templates, operations, events);
        this.screens = new VmScreensApi(database, vms, operations, events);
        this.hostDevices = new HostDevicesApi(database, vms, hosts, agents, operations, events);
        this.numaNodes = new VmNumaNodesApi(database, vms, operations, events);
    }

    void serve(ApiRoutes routes) {
        nics.serve(routes);
        filterParameters.serve(routes);
        templateNics.serve(routes);
        disks.serve(routes);
        cdroms.serve(routes);
        watchdogs.serve(routes);
        templateDogs.serve(routes);
        screens.serve(routes);
        hostDevices.serve(routes);
        numaNodes.serve(routes);
    }
}
