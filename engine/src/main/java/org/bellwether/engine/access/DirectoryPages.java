package org.bellwether.engine.access;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Json;
import org.bellwether.engine.platform.http.ServiceCall;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.pki.Sealed;
import org.bellwether.engine.platform.store.Database;

/** Directories beside the engine's own, for administrators; and for everybody the profiles that they may sign on with. */
final class DirectoryPages implements Endpoint {
    static final String PATH = "/ovirt-engine/services/directories";
    static final String PROFILES = "/ovirt-engine/sso/profiles";

    private static final Set<String> OWN = Set.of("name", "kind", "password");

    private final Database database;
    private final Directories directories;
    private final Gate gate;
    private final Events events;

    DirectoryPages(Database database, Directories directories, Gate gate, Events events) {
        this.database = database;
        this.directories = directories;
        this.gate = gate;
        this.events = events;
    }

    void declare(Site.Builder site) {
        site.on("GET", PATH, this).on("POST", PATH, this).below(PATH, this);
        site.on("GET", PROFILES, _ -> WebReply.json(200, profiles()));
    }

    private String profiles() {
        String byDefault = directories.defaultProfile();
        return Stream.concat(
                        Stream.<Map<String, Object>>of(new TreeMap<>(Map.of("name", InternalUser.PROFILE))),
                        directories.model().all().stream().map(DirectoryPages::profile))
                .peek(profile -> profile.put("default", byDefault.equals(profile.get("name"))))
                .map(Json::object)
                .collect(Collectors.joining(",", "{\"profile\":[", "]}"));
    }

    /** Those that are signed on with elsewhere say where a browser begins. */
    private static Map<String, Object> profile(Directory directory) {
        var members = new TreeMap<String, Object>(Map.of("name", directory.name()));
        if (directory.kind() == Directory.Kind.OIDC) {
            members.put("sign_on", OpenIdPages.address(directory));
        }
        return members;
    }

    @Override
    public WebReply answer(WebRequest request) {
        var call = ServiceCall.of(request, gate, PATH, "directories");
        return switch (call.kind()) {
            case "GET0" ->
                WebReply.json(
                        200,
                        directories.model().all().stream()
                                .map(each -> Json.object(shown(each)))
                                .collect(Collectors.joining(",", "{\"directory\":[", "]}")));
            case "POST0" -> WebReply.json(201, Json.object(shown(add(call.caller(), call.texts()))));
            case "GET1" -> WebReply.json(200, Json.object(shown(find(call.name()))));
            case "PUT1" -> WebReply.json(200, Json.object(shown(change(call.caller(), call.name(), call.texts()))));
            case "DELETE1" -> {
                remove(call.caller(), find(call.name()));
                yield WebReply.json(200, "{}");
            }
            case "POST2test" -> {
                var tried = find(call.name());
                looked(tried);
                yield WebReply.json(
                        200,
                        Json.object(Map.of(
                                "kind",
                                tried.kind().word(),
                                "users",
                                directories.search(tried, "*", 1).size())));
            }
            default -> throw call.unknown();
        };
    }

    /** A search asks a directory; a provider tells of itself. */
    private void looked(Directory directory) {
        if (directory.kind() == Directory.Kind.OIDC) {
            directories.provider(directory).look();
        }
    }

    private Directory find(String reference) {
        return directories
                .ofProfile(reference)
                .orElseThrow(() -> Failure.notFound("There is no directory called " + reference));
    }

    private Directory add(Principal caller, Map<String, String> sent) {
        var made = new Directory(
                        Id.random(),
                        sent.getOrDefault("name", ""),
                        Directory.Kind.of(sent.getOrDefault("kind", "ldap")),
                        ServiceCall.settings(sent, OWN, Map.of()),
                        Sealed.of(Secret.of(sent.getOrDefault("password", ""))))
                .checked();
        database.change(tx -> {
            directories.insert(tx, made);
            tell(tx, caller, "The directory " + made.name() + " was added by " + caller.name() + ".");
        });
        return made;
    }

    private Directory change(Principal caller, String name, Map<String, String> sent) {
        var id = find(name).id();
        return database.transaction(tx -> {
            tell(tx, caller, "The directory " + name + " was changed by " + caller.name() + ".");
            return directories.update(
                    tx,
                    id,
                    now -> new Directory(
                                    now.id(),
                                    now.name(),
                                    now.kind(),
                                    ServiceCall.settings(sent, OWN, now.settings()),
                                    sent.containsKey("password")
                                            ? Sealed.of(Secret.of(sent.get("password")))
                                            : now.sealed())
                            .checked());
        });
    }

    private void remove(Principal caller, Directory directory) {
        if (directories.used(directory)) {
            throw Failure.conflict("The directory " + directory.name() + " is not removed")
                    .because("users or groups of it are known")
                    .next("Remove those first");
        }
        database.change(tx -> {
            directories.delete(tx, directory.id());
            tell(tx, caller, "The directory " + directory.name() + " was removed by " + caller.name() + ".");
        });
    }

    private void tell(org.bellwether.engine.platform.store.Transaction tx, Principal caller, String message) {
        events.add(
                tx,
                EventCode.DIRECTORY_CHANGED,
                new Asker(caller.name(), UUID.randomUUID().toString()),
                Concerns.NOTHING,
                message);
    }

    private static Map<String, Object> shown(Directory directory) {
        Map<String, Object> members = new TreeMap<>(directory.settings());
        members.put("id", directory.id().toString());
        members.put("name", directory.name());
        members.put("kind", directory.kind().word());
        members.put("password_set", !directory.sealed().open().isEmpty());
        return members;
    }
}
