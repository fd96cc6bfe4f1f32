package org.bellwether.cli;

/** The kinds of objects that commands name, and where the API keeps them. */
enum Kind {
    VM("vms", "virtual machine", true, "vm list"),
    TEMPLATE("templates", "template", true, "template list"),
    DISK("disks", "disk", true, "disk list"),
    HOST("hosts", "host", true, "host list"),
    CLUSTER("clusters", "cluster", true, "cluster list"),
    DATA_CENTER("datacenters", "data center", true, "datacenter list"),
    STORAGE_DOMAIN("storagedomains", "storage domain", true, "storage list"),
    NETWORK("networks", "network", true, "network list"),
    POOL("vmpools", "pool", true, "pool list"),
    VNIC_PROFILE("vnicprofiles", "vNIC profile", false, "api GET vnicprofiles");

    private final String collection;
    private final String words;
    private final boolean searchable;
    private final String listing;

    Kind(String collection, String words, boolean searchable, String listing) {
        this.collection = collection;
        this.words = words;
        this.searchable = searchable;
        this.listing = listing;
    }

    /** Where all of them are, such as {@code /vms}. */
    String path() {
        return "/" + collection;
    }

    String path(Entity entity) {
        return path() + "/" + entity.id();
    }

    /** What people call it. */
    String words() {
        return words;
    }

    /** Whether the engine finds them by name, so that not all need to be fetched. */
    boolean searchable() {
        return searchable;
    }

    /** The command that lists them. */
    String listing() {
        return "bw " + listing;
    }
}
