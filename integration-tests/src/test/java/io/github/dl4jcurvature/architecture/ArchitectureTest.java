/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.architecture;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** Who may know whom; see {@code docs/architecture.md}. */
@AnalyzeClasses(
        packages = "io.github.dl4jcurvature",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
class ArchitectureTest {
    @ArchTest
    static final ArchRule MATHEMATICS_KNOWS_NO_NETWORKS = noClasses()
            .that()
            .resideInAnyPackage("io.github.dl4jcurvature.linalg..", "io.github.dl4jcurvature.equations..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.deeplearning4j..", "org.nd4j.autodiff..");

    @ArchTest
    static final ArchRule MATHEMATICS_OF_GAUSS_NEWTON_KNOWS_NO_NETWORKS = noClasses()
            .that()
            .resideInAPackage("io.github.dl4jcurvature.gn")
            .and()
            .haveNameMatching(
                    ".*\\.(Coupling(Function|Block|Point)|Feature\\w+|Features|LinearStep|Likelihood|Block\\w+)")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.deeplearning4j..");

    @ArchTest
    static final ArchRule GAUSS_NEWTON_NEEDS_LINALG_ONLY = noClasses()
            .that()
            .resideInAPackage("io.github.dl4jcurvature.gn..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.github.dl4jcurvature.fisher..",
                    "io.github.dl4jcurvature.fishleg..",
                    "io.github.dl4jcurvature.pruning..",
                    "io.github.dl4jcurvature.equations..",
                    "io.github.dl4jcurvature.samediff..");

    @ArchTest
    static final ArchRule MATHEMATICS_OF_CONTINUAL_LEARNING_KNOWS_NO_NETWORKS = noClasses()
            .that()
            .resideInAPackage("io.github.dl4jcurvature.ncl")
            .and()
            .haveNameMatching(
                    ".*\\.(FactorPair|Kronecker\\w+|Damping|SecondMoment|SectionMoments|RowWeights|SymmetricInverse|StepRule|InputProjection|ElementwisePrior|PlainStep)")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.deeplearning4j..", "io.github.dl4jcurvature.fisher..");

    @ArchTest
    static final ArchRule CONTINUAL_LEARNING_NEEDS_FISHER_AND_LINALG_ONLY = noClasses()
            .that()
            .resideInAPackage("io.github.dl4jcurvature.ncl..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.github.dl4jcurvature.fishleg..",
                    "io.github.dl4jcurvature.pruning..",
                    "io.github.dl4jcurvature.gn..",
                    "io.github.dl4jcurvature.equations..",
                    "io.github.dl4jcurvature.samediff..");

    @ArchTest
    static final ArchRule MATHEMATICS_OF_LATENT_VARIABLES_KNOWS_NO_NETWORKS = noClasses()
            .that()
            .resideInAPackage("io.github.dl4jcurvature.gplvm")
            .and()
            .haveNameMatching(
                    ".*\\.(\\w*Manifold|EuclideanSpace|Torus|Sphere|UnitQuaternions|Chordal\\w+|Kernel\\w+|Inducing\\w+|LowerFactor|MatrixRows|SparseGp(Model|Parameters|Gradient)|\\w+Bound|Likelihood|Tangent\\w+|Density\\w+|Latent(Model|Draw|Point|Sample|Prior|Noise|Inference|Estimate|Alignment)|\\w+Prior|FactorParameters|Observations|Partition)")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.deeplearning4j..");

    @ArchTest
    static final ArchRule LATENT_VARIABLES_NEED_LINALG_ONLY = noClasses()
            .that()
            .resideInAPackage("io.github.dl4jcurvature.gplvm..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.github.dl4jcurvature.fisher..",
                    "io.github.dl4jcurvature.fishleg..",
                    "io.github.dl4jcurvature.pruning..",
                    "io.github.dl4jcurvature.ncl..",
                    "io.github.dl4jcurvature.gn..",
                    "io.github.dl4jcurvature.equations..",
                    "io.github.dl4jcurvature.samediff..");

    @ArchTest
    static final ArchRule LINALG_STANDS_ALONE = noClasses()
            .that()
            .resideInAPackage("io.github.dl4jcurvature.linalg..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.github.dl4jcurvature.equations..",
                    "io.github.dl4jcurvature.samediff..",
                    "io.github.dl4jcurvature.fisher..",
                    "io.github.dl4jcurvature.fishleg..",
                    "io.github.dl4jcurvature.examples..");

    @ArchTest
    static final ArchRule ONLY_LAYERS_NEED_DEEPLEARNING4J = noClasses()
            .that()
            .resideInAPackage("io.github.dl4jcurvature.samediff")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.deeplearning4j..");

    @ArchTest
    static final ArchRule FISHER_KNOWS_NO_OPTIMISER = noClasses()
            .that()
            .resideInAPackage("io.github.dl4jcurvature.fisher..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.github.dl4jcurvature.fishleg..",
                    "io.github.dl4jcurvature.ncl..",
                    "io.github.dl4jcurvature.examples..");

    @ArchTest
    static final ArchRule LIBRARIES_KNOW_NO_EXAMPLES = noClasses()
            .that()
            .resideOutsideOfPackage("io.github.dl4jcurvature.examples..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.github.dl4jcurvature.examples..");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("io.github.dl4jcurvature.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_CYCLES_AMONG_EXAMPLES =
            slices().matching("io.github.dl4jcurvature.examples.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule UPDATERS_ARE_NAMED_LIKE_THE_HOSTS =
            classes().that().implement(GradientUpdater.class).should().haveSimpleNameEndingWith("Updater");

    @ArchTest
    static final ArchRule CONFIGURATIONS_ARE_FINAL = classes()
            .that()
            .implement(IUpdater.class)
            .and()
            .areNotInterfaces()
            .should()
            .haveModifier(JavaModifier.FINAL);

    /** The test kit reaches this module as a jar, which ArchUnit does not take for tests. */
    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }
}
