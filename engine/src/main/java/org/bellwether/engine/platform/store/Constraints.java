package org.bellwether.engine.platform.store;

import java.util.Map;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;
import org.jooq.exception.DataAccessException;
import org.postgresql.util.PSQLException;

/** Turns the name of a constraint that PostgreSQL refused to break into words. */
final class Constraints {

    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("notification_channel_name", "There is a notification channel of that name already"),
            Map.entry("event_subscription_once", "The user has subscribed to this event already"),
            Map.entry("directory_name", "There is a directory of that name already"),
            Map.entry("sso_client_name", "There is a program of that name already"),
            Map.entry("licence_zone_name", "There is a licence zone of that name already"),
            Map.entry("licence_zone_cluster", "The cluster still has licence zones, or does not exist"),
            Map.entry("quota_name", "The data center has a quota of that name already"),
            Map.entry("cpu_profile_name", "The cluster has a CPU profile of that name already"),
            Map.entry("affinity_group_name", "The cluster has an affinity group of that name already"),
            Map.entry("scheduling_policy_name", "There is a scheduling policy of that name already"),
            Map.entry("affinity_label_name", "There is an affinity label of that name already"),
            Map.entry("tag_name", "There is a tag of that name already"),
            Map.entry("tagged_once", "The tag is on the object already"),
            Map.entry("bookmark_name", "There is a bookmark of that name already"),
            Map.entry("user_name", "There is a user of that name already"),
            Map.entry("group_name", "There is a group of that name already"),
            Map.entry("ssh_public_key_once", "The user has this key already"),
            Map.entry("ssh_public_key_user", "There is no such user any more"),
            Map.entry("role_name", "There is a role of that name already"),
            Map.entry("internal_user_name", "There is a user of that name already"),
            Map.entry("permission_user", "The user still holds permissions, or does not exist"),
            Map.entry("permission_group", "The group still holds permissions, or does not exist"),
            Map.entry("permission_once", "The permission was given already"),
            Map.entry("data_center_name", "There is a data center of that name already"),
            Map.entry("cluster_name", "There is a cluster of that name already"),
            Map.entry("cluster_data_center", "The data center still has clusters, or does not exist"),
            Map.entry("cluster_mac_pool", "A cluster uses the MAC pool, or it does not exist"),
            Map.entry("mac_pool_name", "There is a MAC pool of that name already"),
            Map.entry("host_name", "There is a host of that name already"),
            Map.entry("host_address", "There is a host of that address already"),
            Map.entry("host_lease_id", "Another host of the cluster has that number for its leases"),
            Map.entry("host_cluster", "The cluster still has hosts, or does not exist"),
            Map.entry("network_name", "The data center has a network of that name already"),
            Map.entry("network_data_center", "The data center still has networks, or does not exist"),
            Map.entry("cluster_network", "The network is in the cluster already"),
            Map.entry("cluster_network_cluster", "The cluster still has networks, or does not exist"),
            Map.entry("cluster_network_network", "The network is still used by a cluster, or does not exist"),
            Map.entry("vnic_profile_name", "The network has a vNIC profile of that name already"),
            Map.entry("vnic_profile_network", "The network still has vNIC profiles, or does not exist"),
            Map.entry("storage_domain_name", "There is a storage domain of that name already"),
            Map.entry("storage_domain_connection", "There is a storage domain at that place already"),
            Map.entry("storage_domain_data_center", "The data center still has storage domains, or does not exist"),
            Map.entry("storage_domain_cluster", "The cluster still has storage domains, or does not exist"),
            Map.entry("disk_storage_domain", "The storage domain still has disks, or does not exist"),
            Map.entry("template_name", "There is a template of that name already"),
            Map.entry("template_cluster", "The cluster still has templates, or does not exist"),
            Map.entry("vm_name", "There is a virtual machine of that name already"),
            Map.entry("vm_cluster", "The cluster still has virtual machines, or does not exist"),
            Map.entry("vm_template", "Virtual machines are still made from the template, or it does not exist"),
            Map.entry("disk_copy_disk", "The template's disk lies on several storage domains, or does not exist"),
            Map.entry("disk_copy_domain", "Template disks lie on the storage domain, or it does not exist"),
            Map.entry("instance_type_name", "There is an instance type of that name already"),
            Map.entry("vm_pool_name", "There is a pool of that name already"),
            Map.entry("vm_pool_cluster", "The cluster still has pools, or does not exist"),
            Map.entry("vm_pool_template", "A pool is made from the template, or it does not exist"),
            Map.entry("pool_use_pool", "Machines of the pool are in use, or it does not exist"),
            Map.entry("vm_host", "Virtual machines still run on the host, or it does not exist"),
            Map.entry("disk_attachment_vm", "The virtual machine still has disks, or does not exist"),
            Map.entry("disk_attachment_template", "The template still has disks, or does not exist"),
            Map.entry("disk_attachment_disk", "The disk is still attached, or does not exist"),
            Map.entry("disk_attached_once", "The disk is attached to the machine already"),
            Map.entry("nic_name", "There is a network interface of that name already"),
            Map.entry("nic_mac", "Another network interface has that MAC address"),
            Map.entry("nic_vm", "The virtual machine still has network interfaces, or does not exist"),
            Map.entry("nic_template", "The template still has network interfaces, or does not exist"),
            Map.entry("nic_vnic_profile", "A network interface uses the vNIC profile, or it does not exist"),
            Map.entry("image_transfer_disk", "A transfer of the disk is under way"),
            Map.entry("one_transfer_of_a_disk", "A transfer of the disk is under way already"));

    private Constraints() {}

    static Failure explain(DataAccessException e) {
        var constraint = constraint(e);
        var what = constraint.map(WORDS::get).orElse("What was asked contradicts what is stored");
        var failure = Failure.conflict(what).undone("Nothing was changed");
        // A constraint without words is still told by its name, so that it can be looked up.
        return constraint.isPresent() && !WORDS.containsKey(constraint.get())
                ? failure.because("the constraint " + constraint.get() + " forbids it")
                : failure;
    }

    private static Optional<String> constraint(DataAccessException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException postgres && postgres.getServerErrorMessage() != null) {
                return Optional.ofNullable(postgres.getServerErrorMessage().getConstraint());
            }
        }
        return Optional.empty();
    }
}
