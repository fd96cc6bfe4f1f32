package org.bellwether.engine.template;

import java.time.Clock;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.DataCenters;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.GatherDisk;
import org.bellwether.engine.storage.ImageCopies;
import org.bellwether.engine.storage.NewDisks;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.storage.Volumes;

/** Puts the templates' parts together. */
public final class TemplateFeature {

    private final TemplatesApi api;
    private final TemplateScreensApi screens;
    private final InstanceTypesApi instanceTypes;

    public TemplateFeature(
            Database database,
            Operations operations,
            Events events,
            Clock clock,
            DataCenters dataCenters,
            Clusters clusters,
            StorageDomains domains,
            Disks disks,
            NewDisks rooms,
            Volumes volumes,
            ImageCopies copies,
            Templates templates,
            InstanceTypes instanceTypes,
            Machines machines) {
        var changes = new NewTemplates(
                database,
                templates,
                machines,
                disks,
                domains,
                rooms,
                clusters,
                operations,
                operations.known(new CreateTemplate(templates, disks, volumes, copies, machines, events)),
                operations.known(new RemoveTemplate(templates, disks, volumes, machines, events)),
                operations.known(new GatherDisk(disks, volumes, events)),
                events,
                clock);
        this.instanceTypes = new InstanceTypesApi(database, instanceTypes, events, clock);
        this.screens = new TemplateScreensApi(database, templates, operations, events);
        this.api = new TemplatesApi(templates, changes, machines, disks, domains, clusters, dataCenters, operations);
    }

    public SearchSchema<Template> schema() {
        return api.searched();
    }

    public void serve(ApiRoutes routes) {
        api.serve(routes);
        screens.serve(routes);
        instanceTypes.serve(routes);
    }
}
