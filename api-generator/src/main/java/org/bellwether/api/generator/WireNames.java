package org.bellwether.api.generator;

import java.util.Map;
import org.ovirt.api.metamodel.concepts.Name;

/**
 * How a name of the model is spelt on the wire. Nearly all names are the model's words in snake case; the tables hold
 * the exceptions, read off the published Java SDK's writers and off answers of a real engine.
 */
final class WireNames {
    /** Words of the model that the wire spells differently wherever they are an attribute. */
    private static final Map<String, String> ATTRIBUTES =
            Map.of("transparent_huge_pages", "transparent_hugepages", "numa_nodes", "host_numa_nodes");

    /** The element of one object of a type. */
    private static final Map<String, String> ELEMENTS = Map.ofEntries(
            Map.entry("gluster_brick", "brick"),
            Map.entry("gluster_brick_memory_info", "brick_memoryinfo"),
            Map.entry("gluster_memory_pool", "memory_pool"),
            Map.entry("gluster_server_hook", "server_hook"),
            Map.entry("migration_options", "migration"),
            Map.entry("numa_node", "host_numa_node"),
            Map.entry("open_stack_image", "openstack_image"),
            Map.entry("open_stack_image_provider", "openstack_image_provider"),
            Map.entry("open_stack_network", "openstack_network"),
            Map.entry("open_stack_network_provider", "openstack_network_provider"),
            Map.entry("open_stack_subnet", "openstack_subnet"),
            Map.entry("open_stack_volume_provider", "openstack_volume_provider"),
            Map.entry("operating_system", "os"),
            Map.entry("operating_system_info", "operating_system"),
            Map.entry("transparent_huge_pages", "transparent_hugepages"),
            Map.entry("virtual_numa_node", "vm_numa_node"));

    /** Plurals that no rule makes. */
    private static final Map<String, String> PLURALS =
            Map.of("operating_system", "operation_systems", "katello_erratum", "katello_errata");

    private WireNames() {}

    static String attribute(Name name) {
        return ATTRIBUTES.getOrDefault(name.toString(), name.toString());
    }

    static String element(String type) {
        return ELEMENTS.getOrDefault(type, type);
    }

    static String plural(String element) {
        var irregular = PLURALS.get(element);
        if (irregular != null) {
            return irregular;
        }
        return element.endsWith("y") ? element.substring(0, element.length() - 1) + "ies" : element + "s";
    }

    /** The element of one value in a list of primitive or enumerated values, which is named after the attribute. */
    static String singular(String plural) {
        if (plural.endsWith("ies")) {
            return plural.substring(0, plural.length() - 3) + "y";
        }
        return plural.endsWith("s") ? plural.substring(0, plural.length() - 1) : plural;
    }

    /** The segment of a path, which is also the {@code rel} of a link: the words without anything between them. */
    static String segment(Name name) {
        return name.toString().replace("_", "");
    }
}
