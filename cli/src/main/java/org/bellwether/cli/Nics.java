package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Network interfaces of machines and of templates: what the words for both do alike. */
final class Nics {

    private final Session session;
    private final Kind owners;
    /** As a sentence begins with it, such as "Machine". */
    private final String word;

    Nics(Session session, Kind owners, String word) {
        this.session = session;
        this.owners = owners;
        this.word = word;
    }

    Entity owner(String nameOrId) {
        return session.lookup().find(owners, nameOrId);
    }

    String path(Entity owner) {
        return owners.path(owner) + "/nics";
    }

    void list(String owner) {
        var nics = session.engine().list(path(owner(owner)) + "?follow=vnic_profile");
        session.printer().list(nics, VmSheet.nicColumns());
    }

    void plugInto(ObjectNode nic, String profile) {
        nic.putObject("vnic_profile")
                .put("id", session.lookup().find(Kind.VNIC_PROFILE, profile).id());
    }

    void add(String owner, ObjectNode nic) {
        var known = owner(owner);
        var made = session.engine().post(path(known), nic);
        session.printer().done(made, word + " " + known.name() + " has the network interface " + made.name());
    }

    Entity find(Entity owner, String nameOrId) {
        return session.lookup().find(path(owner), "network interface", nameOrId);
    }

    void remove(String owner, String nameOrId) {
        var known = owner(owner);
        var nic = find(known, nameOrId);
        session.engine().delete(path(known) + "/" + nic.id());
        session.printer().gone(nic, word + " " + known.name() + " no longer has the network interface " + nic.name());
    }
}
