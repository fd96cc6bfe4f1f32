package org.bellwether.engine.platform.http;

import java.util.Map;

/**
 * An object that a request's path names.
 *
 * @param service the API's service of one such object, for instance {@code vm} or {@code vm_nic}
 * @param id as it stands in the path; whether there is such an object is not known yet
 */
public record Target(String service, String id) {

    /** Services that are other ways to the same objects. */
    private static final Map<String, String> KINDS = Map.ofEntries(
            Map.entry("attached_storage_domain", "storage_domain"),
            Map.entry("storage_domain_disk", "disk"),
            Map.entry("attached_storage_domain_disk", "disk"),
            Map.entry("data_center_network", "network"),
            Map.entry("cluster_network", "network"),
            Map.entry("assigned_vnic_profile", "vnic_profile"),
            Map.entry("assigned_disk_profile", "disk_profile"),
            Map.entry("assigned_cpu_profile", "cpu_profile"),
            Map.entry("storage_domain_vm", "vm"),
            Map.entry("storage_domain_template", "template"),
            Map.entry("instance_type", "template"));

    /** What the object is, whichever way leads to it. */
    public String kind() {
        return KINDS.getOrDefault(service, service);
    }
}
