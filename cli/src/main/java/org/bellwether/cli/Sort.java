package org.bellwether.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sorts of objects that files describe or refer to, in the order in which they depend on one another. What is not said
 * here to be observed is taken to be decided by people, so that a new attribute of the API is in the files at once.
 */
enum Sort {
    MAC_POOL("mac_pool", "macpools", "", null, Set.of("default_pool")),
    TAG("tag", "tags", "", null, Set.of()),
    ROLE("role", "roles", "?follow=permits", null, Set.of("mutable"), Members.set("permits", "permit", "permits")),
    DATA_CENTER(
            "data_center", "datacenters", "", null, Set.of("status", "supported_versions", "storage_format", "local")),
    NETWORK("network", "networks", "", DATA_CENTER, Set.of("vdsm_name", "status", "display", "required", "cluster")),
    VNIC_PROFILE("vnic_profile", "vnicprofiles", "", NETWORK, Set.of()),
    CLUSTER(
            "cluster",
            "clusters",
            "?follow=networks",
            null,
            Set.of(
                    "management_network",
                    "upgrade_in_progress",
                    "upgrade_percent_complete",
                    "upgrade_correlation_id",
                    "trusted_service"),
            Members.of("networks", "network", "networks", "name", "required", "usages")),
    STORAGE_DOMAIN(
            "storage_domain",
            "storagedomains",
            "",
            null,
            Set.of(
                    "available",
                    "block_size",
                    "committed",
                    "data_centers",
                    "external_status",
                    "master",
                    "status",
                    "storage_format",
                    "supports_discard",
                    "supports_discard_zeroes_data",
                    "used")),
    QUOTA(
            "quota",
            "quotas",
            "?follow=quota_cluster_limits,quota_storage_limits",
            DATA_CENTER,
            Set.of(),
            Members.of(
                    "quota_cluster_limits",
                    "quota_cluster_limit",
                    "quotaclusterlimits",
                    "cluster",
                    "vcpu_limit",
                    "memory_limit"),
            Members.of("quota_storage_limits", "quota_storage_limit", "quotastoragelimits", "storage_domain", "limit")),
    TEMPLATE(
            "template",
            "templates",
            "?all_content=true&follow=nics",
            null,
            Observed.MACHINE,
            Members.of(
                    "nics",
                    "nic",
                    "nics",
                    "name",
                    "interface",
                    "linked",
                    "plugged",
                    "vnic_profile",
                    "custom_properties")),
    VM(
            "vm",
            "vms",
            "?all_content=true&next_run=true&follow=nics,disk_attachments.disk,tags",
            null,
            Observed.MACHINE,
            Members.of(
                    "nics",
                    "nic",
                    "nics",
                    "name",
                    "interface",
                    "linked",
                    "plugged",
                    "mac",
                    "vnic_profile",
                    "custom_properties"),
            Members.of(
                    "disk_attachments",
                    "disk_attachment",
                    "diskattachments",
                    "active",
                    "bootable",
                    "interface",
                    "pass_discard",
                    "read_only",
                    "disk"),
            Members.of("tags", "tag", "tags", "name")),

    // Only referred to.
    HOST("host", "hosts", "", null, Set.of()),
    CPU_PROFILE("cpu_profile", "cpuprofiles", "", CLUSTER, Set.of()),
    INSTANCE_TYPE("instance_type", "instancetypes", "", null, Set.of()),
    USER("user", "users", "?follow=permissions", null, Set.of()),
    GROUP("group", "groups", "?follow=permissions", null, Set.of());

    /**
     * What belongs to an object and is reached below it.
     *
     * @param field where the object lists it, such as {@code nics}
     * @param each what one of them is called, such as {@code nic}
     * @param segment of the path below the object
     * @param decided what of each is described
     * @param whole whether the list is all there is, so that others are taken away
     */
    record Members(String field, String each, String segment, Set<String> decided, boolean whole) {
        static Members of(String field, String each, String segment, String... decided) {
            return new Members(field, each, segment, Set.of(decided), false);
        }

        static Members set(String field, String each, String segment) {
            return new Members(field, each, segment, Set.of("name"), true);
        }
    }

    private static final class Observed {
        static final Set<String> MACHINE = Set.of(
                "creation_time",
                "fqdn",
                "guest_operating_system",
                "guest_time_zone",
                "has_illegal_images",
                "host",
                "next_run_configuration_exists",
                "origin",
                "original_template",
                "payloads",
                "run_once",
                "start_time",
                "status",
                "status_detail",
                "stop_reason",
                "stop_time");
    }

    private final String word;
    private final String collection;
    private final String query;
    private final @Nullable Sort scope;

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of only
    private final Set<String> observed;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Members> members;

    Sort(String word, String collection, String query, @Nullable Sort scope, Set<String> observed, Members... members) {
        this.word = word;
        this.collection = collection;
        this.query = query;
        this.scope = scope;
        this.observed = observed;
        this.members = List.of(members);
    }

    /** Those that files describe. */
    static List<Sort> described() {
        return Arrays.stream(values()).filter(each -> each.compareTo(HOST) < 0).toList();
    }

    /** The sort of object that a member of this name refers to. */
    static Optional<Sort> referredBy(String field) {
        return switch (field) {
            case "base_template" -> Optional.of(TEMPLATE);
            case "parent" -> Optional.of(TAG);
            default ->
                Arrays.stream(values()).filter(each -> each.word.equals(field)).findFirst();
        };
    }

    /** What the API calls one of them. */
    String word() {
        return word;
    }

    /** What people call one of them. */
    String words() {
        return this == VM ? "machine" : word.replace('_', ' ');
    }

    /** Where the API keeps them, and the directory that their files are in. */
    String collection() {
        return collection;
    }

    /** Asks for what belongs to them along with them. */
    String query() {
        return query;
    }

    /** Within one of which its name is the only one. */
    Optional<Sort> scope() {
        return Optional.ofNullable(scope);
    }

    Set<String> observed() {
        return observed;
    }

    List<Members> members() {
        return members;
    }

    /** What is said when it is made and not told later. */
    Set<String> saidOnce() {
        return switch (this) {
            case STORAGE_DOMAIN -> Set.of("host", "import");
            case TEMPLATE -> Set.of("vm");
            default -> Set.of();
        };
    }
}
