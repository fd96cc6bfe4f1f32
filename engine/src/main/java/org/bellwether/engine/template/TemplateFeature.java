package org.bellwether.engine.template;

import java.time.Clock;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.DataCenters;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.ImageCopies;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.storage.Volumes;

/** Puts the templates' parts together. */
public final class TemplateFeature {

    private final TemplatesApi api;

    public TemplateFeature(
            Database database,
            Operations operations,
            Events events,
            Clock clock,
            DataCenters dataCenters,
            Clusters clusters,
            StorageDomains domains,
            Disks disks,
            Volumes volumes,
            ImageCopies copies,
            Templates templates,
            Machines machines) {
        var changes = new NewTemplates(
                database,
                templates,
                machines,
                disks,
                domains,
                clusters,
                operations,
                operations.known(new CreateTemplate(templates, disks, volumes, copies, machines, events)),
                operations.known(new RemoveTemplate(templates, disks, volumes, machines, events)),
                events,
                clock);
        this.api = new TemplatesApi(templates, changes, machines, disks, clusters, dataCenters, operations);
    }

    public void serve(ApiRoutes routes) {
        api.serve(routes);
    }
}
