package org.bellwether.engine.inventory;

import java.util.List;
import java.util.Optional;
import org.bellwether.api.types.NetworkFilter;

/** The filters that a vNIC profile can name; every host's libvirt knows them. */
public final class NetworkFilters {

    private final List<NetworkFilter> all = CatalogApi.read("network-filters", NetworkFilter.TYPE);

    public List<NetworkFilter> all() {
        return all;
    }

    public Optional<NetworkFilter> find(String id) {
        return all.stream().filter(each -> id.equals(each.id())).findFirst();
    }
}
