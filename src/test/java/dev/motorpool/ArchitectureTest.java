package dev.motorpool;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.motorpool.wire.PlantedViolation;
import dev.motorpool.wire.planted.PlantedCycle;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which package may use which, and where the big libraries may be. */
class ArchitectureTest {

    private static final String ROOT = "dev.motorpool.";

    /** What each package may use of the others. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry("address", Set.of()),
            Map.entry(
                    "app",
                    Set.of(
                            "address",
                            "app.settings",
                            "conform",
                            "detached",
                            "detached.delivery",
                            "detached.store",
                            "function",
                            "function.builtin",
                            "function.method",
                            "function.signature",
                            "http.route",
                            "job",
                            "job.request",
                            "job.stream",
                            "job.waited",
                            "log",
                            "metrics",
                            "pool",
                            "pool.process",
                            "pool.settings",
                            "pool.timer",
                            "runtime",
                            "source",
                            "store.sqlite",
                            "trace",
                            "webhook",
                            "wire")),
            Map.entry(
                    "app.settings",
                    Set.of(
                            "detached.model",
                            "function.signature",
                            "http.problem",
                            "http.route",
                            "job.stream",
                            "json",
                            "pool",
                            "pool.settings")),
            Map.entry("conform", Set.of("json", "pool.process", "runtime", "wire")),
            Map.entry(
                    "detached",
                    Set.of(
                            "detached.attempt",
                            "detached.commit",
                            "detached.delivery",
                            "detached.feed",
                            "detached.model",
                            "detached.store",
                            "detached.time",
                            "detached.wait",
                            "detached.watch",
                            "function",
                            "job",
                            "job.request",
                            "job.waited",
                            "json",
                            "pool")),
            Map.entry(
                    "detached.attempt",
                    Set.of(
                            "detached.commit",
                            "detached.delivery",
                            "detached.model",
                            "detached.store",
                            "detached.time",
                            "job",
                            "job.waited",
                            "json",
                            "pool")),
            Map.entry("detached.commit", Set.of("detached.model", "detached.store", "job", "job.request", "pool")),
            Map.entry(
                    "detached.delivery",
                    Set.of(
                            "address",
                            "detached.commit",
                            "detached.model",
                            "detached.store",
                            "detached.time",
                            "job",
                            "job.request",
                            "json")),
            Map.entry(
                    "detached.feed",
                    Set.of(
                            "detached.attempt",
                            "detached.commit",
                            "detached.model",
                            "detached.store",
                            "detached.time",
                            "detached.watch",
                            "job",
                            "job.waited",
                            "json",
                            "pool")),
            Map.entry("detached.model", Set.of("function", "job", "job.request", "json", "pool")),
            Map.entry("detached.store", Set.of("detached.model", "job", "json", "pool")),
            Map.entry("detached.time", Set.of()),
            Map.entry(
                    "detached.wait",
                    Set.of(
                            "detached.attempt",
                            "detached.commit",
                            "detached.feed",
                            "detached.model",
                            "detached.store",
                            "detached.watch",
                            "job",
                            "job.request",
                            "job.waited",
                            "json",
                            "pool")),
            Map.entry("detached.watch", Set.of("detached.model", "job", "json")),
            Map.entry("function", Set.of()),
            Map.entry("function.builtin", Set.of("address", "function", "function.method", "json")),
            Map.entry("function.method", Set.of("function", "function.signature", "json")),
            Map.entry("function.signature", Set.of("function", "json")),
            Map.entry(
                    "http",
                    Set.of(
                            "detached",
                            "function.signature",
                            "http.api",
                            "http.auth",
                            "http.render",
                            "http.route",
                            "http.server",
                            "http.stream",
                            "job",
                            "job.request",
                            "job.stream",
                            "job.waited",
                            "pool",
                            "source",
                            "trace")),
            Map.entry(
                    "http.api",
                    Set.of(
                            "detached",
                            "detached.model",
                            "detached.wait",
                            "function",
                            "function.signature",
                            "http.problem",
                            "http.render",
                            "http.route",
                            "http.server",
                            "http.stream",
                            "job",
                            "job.request",
                            "job.stream",
                            "job.waited",
                            "json",
                            "pool",
                            "pool.settings",
                            "source")),
            Map.entry("http.auth", Set.of("http.problem", "http.route", "http.server", "job", "trace")),
            Map.entry("http.problem", Set.of("job", "job.request", "json", "pool", "pool.settings")),
            Map.entry(
                    "http.render",
                    Set.of(
                            "detached",
                            "detached.model",
                            "http.problem",
                            "http.route",
                            "job",
                            "job.request",
                            "job.stream",
                            "job.waited",
                            "json")),
            Map.entry(
                    "http.route",
                    Set.of(
                            "detached.model",
                            "function",
                            "function.signature",
                            "http.problem",
                            "http.server",
                            "job",
                            "job.request",
                            "job.stream",
                            "job.waited",
                            "json",
                            "pool",
                            "trace")),
            Map.entry("http.server", Set.of("http.problem", "job", "job.waited")),
            Map.entry(
                    "http.stream",
                    Set.of(
                            "detached.model",
                            "detached.wait",
                            "http.problem",
                            "http.render",
                            "http.route",
                            "http.server",
                            "job",
                            "job.request",
                            "job.stream",
                            "json")),
            Map.entry("job", Set.of("function.signature", "json", "pool")),
            Map.entry(
                    "job.request",
                    Set.of("address", "function", "function.signature", "job", "json", "pool", "pool.settings")),
            Map.entry(
                    "job.stream",
                    Set.of(
                            "function",
                            "function.signature",
                            "job",
                            "job.request",
                            "job.waited",
                            "json",
                            "pool",
                            "pool.settings")),
            Map.entry("job.waited", Set.of("function", "job", "job.request", "json", "pool")),
            Map.entry("json", Set.of()),
            Map.entry(
                    "log", Set.of("detached.commit", "detached.model", "http.auth", "job", "json", "pool", "webhook")),
            Map.entry(
                    "metrics",
                    Set.of(
                            "detached.commit",
                            "detached.model",
                            "detached.store",
                            "http.route",
                            "job",
                            "job.stream",
                            "pool",
                            "pool.settings",
                            "source",
                            "webhook")),
            Map.entry(
                    "pool",
                    Set.of(
                            "function",
                            "json",
                            "pool.process",
                            "pool.settings",
                            "pool.timer",
                            "runtime",
                            "trace",
                            "wire")),
            Map.entry("pool.process", Set.of("pool.timer", "runtime", "wire")),
            Map.entry("pool.settings", Set.of("function.signature", "json")),
            Map.entry("pool.timer", Set.of()),
            Map.entry("runtime", Set.of("json", "wire")),
            Map.entry("source", Set.of("function.signature", "json", "pool.process", "runtime", "wire")),
            Map.entry(
                    "store.sqlite",
                    Set.of("detached.model", "detached.store", "function", "job", "json", "pool", "pool.settings")),
            Map.entry("trace", Set.of("function")),
            Map.entry(
                    "webhook",
                    Set.of(
                            "address",
                            "detached.delivery",
                            "detached.model",
                            "detached.store",
                            "function",
                            "job",
                            "job.request",
                            "json",
                            "trace")),
            Map.entry("wire", Set.of("json")),
            Map.entry(
                    "worker",
                    Set.of(
                            "function",
                            "function.builtin",
                            "function.method",
                            "function.signature",
                            "json",
                            "wire",
                            "worker.plugin",
                            "worker.process",
                            "worker.program")),
            Map.entry("worker.plugin", Set.of("function", "function.method", "function.signature")),
            Map.entry("worker.process", Set.of()),
            Map.entry("worker.program", Set.of("function", "function.method", "json", "worker.process")));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.motorpool");

    static Stream<String> packages() {
        return ARROWS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void aPackageUsesOnlyWhatItMay(String name) {
        arrows(name).check(CLASSES);
    }

    private static ArchRule arrows(String name) {
        Set<String> allowed = new TreeSet<>(ARROWS.getOrDefault(name, Set.of()));
        return classes()
                .that()
                .resideInAPackage(ROOT + name)
                .should()
                .onlyDependOnClassesThat(describe(
                        "are in " + allowed + " or are no part of Motorpool",
                        used -> !used.getPackageName().startsWith(ROOT)
                                || used.getPackageName().equals(ROOT + name)
                                || allowed.contains(used.getPackageName().substring(ROOT.length()))))
                .because("of the arrows between packages");
    }

    @Test
    void everyPackageHasItsArrows() {
        Set<String> found =
                CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));

        assertThat(found).isEqualTo(packages().map(name -> ROOT + name).collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void thereAreNoCycles() {
        noCycles().check(CLASSES);
    }

    /** Between packages, which a package and those below it are, each for itself. */
    private static ArchRule noCycles() {
        return slices().matching("dev.motorpool.(**)").should().beFreeOfCycles();
    }

    @Test
    void bigLibrariesStayAtTheEdge() {
        only("org.springframework..", "http", "app").check(CLASSES);
        only("jakarta..", "http", "app").check(CLASSES);
        only("org.apache.catalina..", "http", "app").check(CLASSES);
        only("io.micrometer..", "metrics", "app").check(CLASSES);
        only("io.opentelemetry..", "trace", "app").check(CLASSES);
        only("tools.jackson.databind..", "http", "app", "source").check(CLASSES);
        only("com.networknt..", "source").check(CLASSES);
        only("com.fasterxml..", "http", "app").check(CLASSES);
        only("org.apache.hc..", "function.builtin", "webhook").check(CLASSES);
        only("java.sql..", "store").check(CLASSES);
        only("javax.sql..", "store").check(CLASSES);
        only("org.sqlite..", "store").check(CLASSES);
        only("org.flywaydb..", "store").check(CLASSES);
    }

    /** What workers write is not the service's log, so what runs in them leaves it alone. */
    @Test
    void theLogIsWrittenInOneWay() {
        only("org.slf4j..", "log", "http", "webhook", "store", "detached", "pool", "runtime", "source", "app")
                .check(CLASSES);
        only("ch.qos.logback..").check(CLASSES);
        only("java.util.logging..").check(CLASSES);
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.lang\\.System\\$Logger.*")
                .check(CLASSES);
    }

    /** A job's id protects it where others do not know it, so what makes ids must not be predictable. */
    @Test
    void randomNumbersThatCanBePredictedSpreadLoadAndNothingElse() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + "app.Engine")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "java\\.util\\.(Random|SplittableRandom|concurrent\\.ThreadLocalRandom)|java\\.util\\.random\\..*")
                .orShould()
                .callMethod(Math.class, "random")
                .because("ids come from job.RandomBits")
                .check(CLASSES);
    }

    private static ArchRule only(String library, String... names) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(
                        Stream.of(names).map(name -> ROOT + name + "..").toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }

    @Test
    void namesSaySomething() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Common)")
                .check(CLASSES);
    }

    @Test
    void aPlantedViolationIsFound() {
        JavaClasses planted = new ClassFileImporter().importClasses(PlantedViolation.class);

        for (ArchRule rule : List.of(arrows("wire"), only("org.springframework..", "http", "app"))) {
            assertThatThrownBy(() -> rule.check(planted))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("PlantedViolation");
        }
    }

    @Test
    void aPlantedCycleIsFound() {
        JavaClasses planted = new ClassFileImporter().importClasses(PlantedViolation.class, PlantedCycle.class);

        assertThatThrownBy(() -> noCycles().check(planted))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("PlantedCycle.back()");
    }
}
