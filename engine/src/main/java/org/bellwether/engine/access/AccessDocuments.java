package org.bellwether.engine.access;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;
import org.bellwether.api.Attribute;
import org.bellwether.api.types.Domain;
import org.bellwether.engine.platform.Permit;

/** Users, groups, roles and permissions as the API shows them. */
final class AccessDocuments {

    private AccessDocuments() {}

    static org.bellwether.api.types.User of(User user) {
        return builder(user).id(user.id().toString()).build();
    }

    /** As one of its directory, where ids are the directory's. */
    static org.bellwether.api.types.User inDirectory(User user) {
        return builder(user).id(hex(user.entry())).build();
    }

    private static org.bellwether.api.types.User.Builder builder(User user) {
        var document = org.bellwether.api.types.User.builder()
                .name(user.firstName())
                .lastName(user.lastName())
                .department(user.department())
                .principal(user.principal())
                .userName(user.name())
                .namespace("*")
                .domainEntryId(hex(user.entry()))
                .domain(domain(user.domain()));
        if (!user.email().isEmpty()) {
            document.email(user.email());
        }
        return document;
    }

    /** Somebody whom a directory tells of, known here or not. */
    static org.bellwether.api.types.User inDirectory(Directory directory, DirectoryEntry entry) {
        return org.bellwether.api.types.User.builder()
                .id(hex(entry.entry()))
                .name(entry.firstName())
                .lastName(entry.lastName())
                .principal(entry.principal())
                .userName(entry.principal() + "@" + directory.domain())
                .email(entry.email())
                .department(entry.department())
                .namespace(directory.setting("base", ""))
                .domainEntryId(hex(entry.entry()))
                .domain(domain(directory.domain()))
                .build();
    }

    static org.bellwether.api.types.Group inDirectory(Directory directory, DirectoryEntry.Membership group) {
        return org.bellwether.api.types.Group.builder()
                .id(hex(group.entry()))
                .name(group.name())
                .namespace(directory.setting("base", ""))
                .domainEntryId(hex(group.entry()))
                .domain(domain(directory.domain()))
                .build();
    }

    static org.bellwether.api.types.Group of(Group group) {
        var document = org.bellwether.api.types.Group.builder()
                .id(group.id().toString())
                .name(group.name())
                .namespace("*")
                .domainEntryId(hex(group.entry()));
        if (!group.domain().isEmpty()) {
            document.domain(domain(group.domain()));
        }
        return document.build();
    }

    static Domain domain(String name) {
        return Domain.builder().id(hex(name)).name(name).build();
    }

    static org.bellwether.api.types.Role of(Role role) {
        return org.bellwether.api.types.Role.builder()
                .id(role.id().toString())
                .name(role.name())
                .description(role.description())
                .administrative(role.administrative())
                .mutable(role.mutable())
                .build();
    }

    static java.util.stream.Stream<org.bellwether.api.types.Permit> permits(Role role) {
        return role.permits().stream()
                .sorted(Comparator.comparingInt(Permit::id))
                .map(permit -> of(role, permit));
    }

    static org.bellwether.api.types.Permit of(Role role, Permit permit) {
        return org.bellwether.api.types.Permit.builder()
                .id(Integer.toString(permit.id()))
                .name(permit.wireName())
                .administrative(permit.administrative())
                .role(org.bellwether.api.types.Role.builder()
                        .id(role.id().toString())
                        .build())
                .build();
    }

    /** @param shownOn the object whose permissions are listed, on or above which it was given */
    static org.bellwether.api.types.Permission of(Permission permission, Optional<ObjectTree.Node> shownOn) {
        var document = org.bellwether.api.types.Permission.builder()
                .id(permission.id().toString())
                .role(org.bellwether.api.types.Role.builder()
                        .id(permission.role().toString())
                        .build());
        permission
                .userId()
                .ifPresent(id -> document.user(org.bellwether.api.types.User.builder()
                        .id(id.toString())
                        .build()));
        permission
                .groupId()
                .ifPresent(id -> document.group(org.bellwether.api.types.Group.builder()
                        .id(id.toString())
                        .build()));
        var object = shownOn.orElse(permission.object());
        Attribute attribute = org.bellwether.api.types.Permission.TYPE.attribute(object.kind());
        if (attribute != null) {
            document.set(
                    attribute,
                    attribute
                            .struct()
                            .newBuilder()
                            .set("id", object.id().toString())
                            .build());
        }
        return document.build();
    }

    /** Ids of directories and of users in them are their names' bytes in hexadecimal. */
    static String hex(String text) {
        return HexFormat.of().withUpperCase().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
