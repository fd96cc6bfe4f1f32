package org.bellwether.engine;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The arrows of docs' architecture, checked. Before you change a rule here, think twice: each one is what keeps a newcomer's
 * question at one answer, and a rule once given up does not come back.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HouseRulesTest {
    private static final String ENGINE = "org.bellwether.engine";
    private static final String PLATFORM = ENGINE + ".platform..";

    private JavaClasses engine;

    @BeforeAll
    void read() {
        engine = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(ENGINE);
    }

    @Test
    void features_stand_on_the_platform_and_never_the_other_way() {
        noClasses()
                .that()
                .resideInAPackage(PLATFORM)
                .should()
                .dependOnClassesThat(resideInAPackage(ENGINE + "..").and(not(resideInAPackage(PLATFORM))))
                .check(engine);
    }

    @Test
    void packages_depend_on_each_other_in_no_circle() {
        slices().matching(ENGINE + ".(**)").should().beFreeOfCycles().check(engine);
    }

    @Test
    void sql_stays_in_repositories_and_the_store() {
        noClasses()
                .that(not(named("Repository")).and(not(resideInAPackage(ENGINE + ".platform.store.."))))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.jooq..", "java.sql..", "org.postgresql..", "com.zaxxer..", "org.flywaydb..")
                .check(engine);
    }

    @Test
    void the_web_server_stays_at_the_edge() {
        noClasses()
                .that(not(named("Api")).and(not(resideInAPackage(ENGINE + ".platform.http.."))))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "jakarta.servlet..")
                .check(engine);
    }

    @Test
    void placement_and_availability_do_no_input_or_output() {
        noClasses()
                .that()
                .resideInAnyPackage(ENGINE + ".placement..", ENGINE + ".availability..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "java.io..",
                        "java.nio..",
                        "java.net..",
                        "java.sql..",
                        "io.grpc..",
                        "org.jooq..",
                        ENGINE + ".platform.store..",
                        ENGINE + ".platform.agents..",
                        ENGINE + ".platform.http..",
                        ENGINE + ".platform.operation.."))
                .check(engine);
    }

    @Test
    void the_engine_knows_agents_by_their_protocol_only() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.bellwether.agent..",
                        "org.bellwether.libvirt..",
                        "org.bellwether.lab..",
                        "org.bellwether.cli..")
                .check(engine);
    }

    @Test
    void names_say_what_a_thing_is() {
        noClasses()
                .should()
                .haveNameMatching(".*(Manager|Helper|Util|Utils|Impl|Dto|Base)(\\$.*)?")
                .orShould()
                .haveSimpleNameStartingWith("Abstract")
                .check(engine);
    }

    /** The command line is a process beside the engine, and asks the operating system to start and stop it. */
    @Test
    void only_the_database_that_the_engine_brings_along_is_a_process_of_its_own() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ENGINE + ".platform.store..", ENGINE + ".command..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ProcessBuilder.class)
                .orShould()
                .callMethod(Runtime.class, "exec", String[].class)
                .orShould()
                .callMethod(Runtime.class, "exec", String.class)
                .check(engine);
    }

    @Test
    void the_engine_does_not_know_the_command_line_that_runs_it() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ENGINE + ".command..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ENGINE + ".command..")
                .check(engine);
    }

    /** A class whose name, or whose enclosing class's name, ends so. */
    private static DescribedPredicate<JavaClass> named(String ending) {
        return new DescribedPredicate<>("named *" + ending) {
            @Override
            public boolean test(JavaClass type) {
                return type.getName().matches(".*" + ending + "(\\$.*)?");
            }
        };
    }
}
