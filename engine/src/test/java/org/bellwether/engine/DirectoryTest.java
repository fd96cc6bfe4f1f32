package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.RunningEngine.encoded;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import java.net.InetAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import org.bellwether.engine.access.AuthenticatorApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Users of an LDAP directory sign on, are found and given permissions, and stay themselves under another name. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DirectoryTest {
    private static final String BASE = "dc=example,dc=org";
    private static final String PASSWORD = "baa baa black sheep";

    private RunningEngine engine;
    private RunningEngine.Caller administrator;
    private InMemoryDirectoryServer directory;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        var config = new InMemoryDirectoryServerConfig(BASE);
        config.addAdditionalBindCredentials("cn=looker", "looking");
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPConfig("loopback", InetAddress.getLoopbackAddress(), 0, null));
        config.setSchema(null);
        directory = new InMemoryDirectoryServer(config);
        directory.add("dn: " + BASE, "objectClass: domain", "dc: example");
        person("ewe", "Ewa", "Ewe");
        person("ram", "Ramon", "Ram");
        directory.add(
                "dn: cn=flock," + BASE,
                "objectClass: groupOfNames",
                "cn: flock",
                "entryUUID: 11111111-0000-0000-0000-000000000001",
                "member: uid=ewe," + BASE);
        directory.add(
                "dn: cn=farm," + BASE,
                "objectClass: groupOfNames",
                "cn: farm",
                "entryUUID: 11111111-0000-0000-0000-000000000002",
                "member: cn=flock," + BASE);
        directory.startListening();
        engine = new RunningEngine(folder);
        administrator = engine.administrator();
        administrator.post(
                "/ovirt-engine/services/directories",
                "{\"name\":\"corp\",\"kind\":\"ldap\",\"url\":\"ldap://127.0.0.1:" + directory.getListenPort()
                        + "\",\"base\":\"" + BASE + "\",\"bind_dn\":\"cn=looker\",\"password\":\"looking\"}");
    }

    @AfterAll
    void stop() {
        engine.close();
        directory.shutDown(true);
    }

    private void person(String uid, String first, String last) throws Exception {
        directory.add(
                "dn: uid=" + uid + "," + BASE,
                "objectClass: inetOrgPerson",
                "uid: " + uid,
                "cn: " + first + " " + last,
                "givenName: " + first,
                "sn: " + last,
                "mail: " + uid + "@example.org",
                "entryUUID: " + java.util.UUID.randomUUID(),
                "userPassword: " + PASSWORD);
    }

    private int signsOn(String name, String password) {
        return signsOn(name, password, "");
    }

    private int signsOn(String name, String password, String more) {
        return engine.send(engine.request("/ovirt-engine/sso/oauth/token")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString("grant_type=password&scope=ovirt-app-api&username="
                                + encoded(name) + "&password=" + encoded(password) + more)))
                .statusCode();
    }

    private String domain() {
        return "/domains/" + HexFormat.of().withUpperCase().formatHex("corp-authz".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_user_of_the_directory_signs_on_with_its_password_only() {
        assertThat(signsOn("ewe@corp", PASSWORD)).isEqualTo(200);
        assertThat(signsOn("ewe@corp", "wrong")).isEqualTo(400);
        assertThat(signsOn("ewe@corp", ""))
                .as("an empty password would bind as nobody")
                .isEqualTo(400);
        assertThat(signsOn("*@corp", PASSWORD)).as("a name is no filter").isEqualTo(400);
        assertThat(signsOn("nobody@corp", PASSWORD)).isEqualTo(400);
        assertThat(signsOn("ewe@nowhere", PASSWORD)).isEqualTo(400);
    }

    @Test
    void the_directory_is_searched_and_permissions_are_given_before_anybody_signed_on() {
        assertThat(administrator.get("/domains").toString()).contains("internal-authz", "corp-authz");
        assertThat(administrator
                        .get(domain() + "/users?search=" + encoded("usrname=ra*"))
                        .toString())
                .contains("ram@corp-authz")
                .doesNotContain("ewe@corp-authz");
        assertThat(administrator
                        .get(domain() + "/groups?search=" + encoded("name=fl*"))
                        .toString())
                .contains("flock");
        String id =
                administrator.add("/users", "{\"user_name\":\"ram@corp-authz\",\"domain\":{\"name\":\"corp-authz\"}}");
        administrator.add("/permissions", "{\"role\":{\"name\":\"ReadOnlyAdmin\"},\"user\":{\"id\":\"" + id + "\"}}");
        assertThat(engine.signOn("ram@corp", PASSWORD).names("/clusters", "cluster"))
                .containsExactly("Default");
        assertThat(administrator.status(
                        "POST", "/users", "{\"user_name\":\"wolf@corp-authz\",\"domain\":{\"name\":\"corp-authz\"}}"))
                .isEqualTo(404);
        assertThat(administrator.status("PUT", "/users/" + id, "{\"last_name\":\"Other\"}"))
                .isEqualTo(409);
    }

    @Test
    void groups_of_groups_count() throws Exception {
        person("lamb", "Lea", "Lamb");
        String farm = administrator.add("/groups", "{\"name\":\"farm\",\"domain\":{\"name\":\"corp-authz\"}}");
        administrator.add(
                "/permissions", "{\"role\":{\"name\":\"ReadOnlyAdmin\"},\"group\":{\"id\":\"" + farm + "\"}}");
        assertThat(engine.signOn("ewe@corp", PASSWORD).names("/clusters", "cluster"))
                .containsExactly("Default");
        assertThat(signsOn("lamb@corp", PASSWORD)).isEqualTo(200);
        assertThat(engine.signOn("lamb@corp", PASSWORD).status("GET", "/clusters", ""))
                .as("who is in no such group holds no role")
                .isEqualTo(403);
    }

    @Test
    void who_is_renamed_stays_and_who_takes_the_name_is_somebody_else() throws Exception {
        person("bellwether", "Bella", "Wether");
        String first = administrator.add(
                "/users", "{\"user_name\":\"bellwether@corp-authz\",\"domain\":{\"name\":\"corp-authz\"}}");
        directory.modifyDN("uid=bellwether," + BASE, "uid=leader", true);
        engine.signOn("leader@corp", PASSWORD);
        assertThat(administrator.get("/users/" + first).get("user_name").asText())
                .isEqualTo("leader@corp-authz");
        person("bellwether2", "Other", "One");
        directory.modifyDN("uid=bellwether2," + BASE, "uid=bellwether", true);
        engine.signOn("bellwether@corp", PASSWORD);
        assertThat(administrator.get("/users/" + first).get("user_name").asText())
                .isEqualTo("leader@corp-authz");
        assertThat(administrator
                        .get("/users?search=" + encoded("usrname=bellwether@corp-authz"))
                        .at("/user/0/id")
                        .asText())
                .isNotEqualTo(first);
    }

    @Test
    void a_directory_that_is_away_says_so_and_keeps_nobody_else_out() throws Exception {
        administrator.post(
                "/ovirt-engine/services/directories",
                "{\"name\":\"gone\",\"kind\":\"ad\",\"url\":\"ldap://127.0.0.1:1\",\"base\":\"dc=x\"}");
        assertThat(signsOn("ewe@gone", PASSWORD)).isEqualTo(400);
        assertThat(administrator.status("POST", "/ovirt-engine/services/directories/gone/test", "{}"))
                .isEqualTo(503);
        assertThat(signsOn("ewe@corp", PASSWORD)).isEqualTo(200);
        assertThat(administrator.status("DELETE", "/ovirt-engine/services/directories/gone", ""))
                .isEqualTo(200);
        assertThat(administrator.status("DELETE", "/ovirt-engine/services/directories/corp", ""))
                .as("its users are known")
                .isEqualTo(409);
        assertThat(administrator
                        .call("GET", "/ovirt-engine/services/directories", "")
                        .body())
                .doesNotContain("looking");
        assertThat(engine.nobody().call("GET", "/ovirt-engine/sso/profiles", "").body())
                .contains("corp");
    }

    /** A second directory, in which the same names are other people's. */
    private InMemoryDirectoryServer second() throws Exception {
        var config = new InMemoryDirectoryServerConfig("dc=south");
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPConfig("loopback", InetAddress.getLoopbackAddress(), 0, null));
        config.setSchema(null);
        var other = new InMemoryDirectoryServer(config);
        other.add("dn: dc=south", "objectClass: domain", "dc: south");
        for (String uid : new String[] {"ewe", "ewe@example.org"}) {
            other.add(
                    "dn: uid=" + uid + ",dc=south",
                    "objectClass: inetOrgPerson",
                    "uid: " + uid,
                    "cn: Southern Ewe",
                    "sn: Ewe",
                    "entryUUID: " + java.util.UUID.randomUUID(),
                    "userPassword: southern sheep");
        }
        other.startListening();
        return other;
    }

    private String setDefault(String directory, String value) {
        return administrator
                .call("PUT", "/ovirt-engine/services/directories/" + directory, "{\"default\":\"" + value + "\"}")
                .body();
    }

    @Test
    void the_profile_behind_the_last_at_says_whose_user_it_is_and_one_may_be_left_away() throws Exception {
        var other = second();
        administrator.post(
                "/ovirt-engine/services/directories",
                "{\"name\":\"south\",\"kind\":\"ldap\",\"url\":\"ldap://127.0.0.1:" + other.getListenPort()
                        + "\",\"base\":\"dc=south\"}");
        try {
            assertThat(signsOn("ewe@south", "southern sheep")).isEqualTo(200);
            assertThat(signsOn("ewe@south", PASSWORD))
                    .as("the other one's password")
                    .isEqualTo(400);
            assertThat(signsOn("ewe@corp", PASSWORD)).isEqualTo(200);
            assertThat(idOf("ewe@south-authz")).isNotEmpty().isNotEqualTo(idOf("ewe@corp-authz"));
            assertThat(signsOn("ewe@example.org@south", "southern sheep"))
                    .as("a name that has an @ itself")
                    .isEqualTo(200);

            assertThat(signsOn("admin", engine.password()))
                    .as("without a profile: the engine's own")
                    .isEqualTo(200);
            assertThat(signsOn("ewe", "southern sheep")).isEqualTo(400);
            setDefault("south", "true");
            assertThat(signsOn("ewe", "southern sheep")).isEqualTo(200);
            assertThat(signsOn("admin", engine.password())).isEqualTo(400);
            assertThat(signsOn("admin@internal", engine.password())).isEqualTo(200);
            assertThat(setDefault("corp", "true")).contains("mean the directory south already");
            assertThat(engine.nobody()
                            .call("GET", "/ovirt-engine/sso/profiles", "")
                            .body())
                    .contains("{\"default\":true,\"name\":\"south\"}")
                    .contains("{\"default\":false,\"name\":\"internal\"}");
            setDefault("south", "");
            assertThat(signsOn("admin", engine.password())).isEqualTo(200);
        } finally {
            other.shutDown(true);
        }
    }

    private String idOf(String name) {
        return administrator
                .get("/users?search=" + encoded("usrname=" + name))
                .at("/user/0/id")
                .asText();
    }

    @Test
    void a_second_factor_of_a_user_of_the_directory_outlives_a_restart() throws Exception {
        person("goat", "Greta", "Goat");
        var session = engine.signOn("goat@corp", PASSWORD);
        var app = new AuthenticatorApp(
                engine.read(factor(session, "")).get("secret").asText());
        assertThat(factor(session, "code=" + app.code(Instant.now()))).isEqualTo("{}");
        assertThat(signsOn("goat@corp", PASSWORD)).isEqualTo(400);
        engine.restart();
        administrator = engine.administrator();
        assertThat(signsOn("goat@corp", PASSWORD))
                .as("the password alone, after a restart")
                .isEqualTo(400);
        String next = app.code(Instant.now().plusSeconds(30));
        assertThat(signsOn("goat@corp", PASSWORD, "&otp=" + next)).isEqualTo(200);
    }

    private String factor(RunningEngine.Caller whose, String form) {
        return engine.send(engine.request("/ovirt-engine/services/second-factor")
                        .header("Authorization", whose.authorization())
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form)))
                .body();
    }
}
