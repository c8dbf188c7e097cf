/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.List;

import io.github.dl4jcurvature.fisher.LayerParameters;
import io.github.dl4jcurvature.fisher.ParameterSection;
import io.github.dl4jcurvature.fisher.ParameterSection.Kind;
import io.github.dl4jcurvature.fisher.ParameterSection.Part;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;

/** What is remembered of which parameters, and what has to be collected for it. */
class LayerPlanTest {
    /** 5 inputs with a bias to 4 outputs, a matrix of 4 x 4 whose inputs nobody sees, and 3 gains. */
    private static LayerParameters layer() {
        return new LayerParameters(
                "hidden",
                List.of("W", "b", "V", "g"),
                List.of(20L, 4L, 16L, 3L),
                List.of(
                        new ParameterSection(Kind.MATRIX, 4, List.of(new Part(0, 5), new Part(20, 1)), 1, true),
                        new ParameterSection(Kind.MATRIX, 4, List.of(new Part(24, 4)), 1, false),
                        new ParameterSection(Kind.ELEMENTWISE, 1, List.of(new Part(40, 3)), 1, false)));
    }

    private static List<SectionPlan.Memory> memories(Ncl.Method method, Ncl.Fallback fallback, long maxDimension) {
        Ncl settings = Ncl.builder()
                .dataSize(10)
                .method(method)
                .fallback(fallback)
                .maxDimension(maxDimension)
                .build();
        return LayerPlan.of(layer(), settings).sections().stream()
                .map(SectionPlan::memory)
                .toList();
    }

    private static List<SectionPlan.Memory> first(SectionPlan.Memory first, SectionPlan.Memory others) {
        return List.of(first, others, others);
    }

    @ParameterizedTest
    @EnumSource(names = {"NCL", "PROJECTION", "KFAC"})
    void factorsAreRememberedOfMatricesUpToTheLargestSide(Ncl.Method method) {
        for (Ncl.Fallback fallback : Ncl.Fallback.values()) {
            SectionPlan.Memory rest =
                    fallback == Ncl.Fallback.DIAGONAL ? SectionPlan.Memory.ELEMENTWISE : SectionPlan.Memory.FIRST_PRIOR;
            assertThat(memories(method, fallback, 6)).isEqualTo(first(SectionPlan.Memory.KRONECKER, rest));
            assertThat(memories(method, fallback, 5)).isEqualTo(first(rest, rest));
        }
    }

    @Test
    void otherMethodsRememberInputsOrDiagonalsOrNothing() {
        Ncl.Fallback fallback = Ncl.Fallback.DIAGONAL;
        SectionPlan.Memory nothing = SectionPlan.Memory.NOTHING;
        assertThat(memories(Ncl.Method.OWM, fallback, 6)).isEqualTo(first(SectionPlan.Memory.INPUTS, nothing));
        assertThat(memories(Ncl.Method.OWM, fallback, 5)).isEqualTo(first(nothing, nothing));
        assertThat(memories(Ncl.Method.DOWM, fallback, 6))
                .isEqualTo(first(SectionPlan.Memory.INPUTS_AND_OUTPUTS, nothing));
        assertThat(memories(Ncl.Method.DOWM, fallback, 5)).isEqualTo(first(nothing, nothing));
        assertThat(memories(Ncl.Method.EWC, fallback, 6))
                .isEqualTo(first(SectionPlan.Memory.ELEMENTWISE, SectionPlan.Memory.ELEMENTWISE));
        assertThat(memories(Ncl.Method.SGD, fallback, 6)).isEqualTo(first(nothing, nothing));
    }

    @Test
    void plansAreEqualIfTheirPartsAre() {
        Ncl settings = Ncl.builder().dataSize(10).build();
        LayerPlan plan = LayerPlan.of(layer(), settings);
        assertThat(plan)
                .isEqualTo(LayerPlan.of(layer(), settings))
                .hasSameHashCodeAs(LayerPlan.of(layer(), settings))
                .isNotEqualTo(LayerPlan.of(
                        layer(), Ncl.builder().dataSize(10).maxDimension(5).build()))
                .returns("hidden", LayerPlan::layer)
                .returns(43L, LayerPlan::parameters);
        NclBuilder kfac = Ncl.builder().dataSize(10).method(Ncl.Method.KFAC);
        LayerPlan momentum = LayerPlan.of(layer(), kfac.build());
        LayerPlan adam = LayerPlan.of(layer(), kfac.step(Ncl.Step.ADAM).build());
        assertThat(adam).isNotEqualTo(momentum);
        assertThat(adam.required()).isEqualTo(momentum.required() + 43);
        assertThat(plan.toString()).startsWith("layer hidden, parameters [20, 4, 16, 3], matrices [");
        assertThat(plan.sections().get(0)).isNotEqualTo(plan.sections().get(1));
        assertThat(plan.sections().stream().map(SectionPlan::captured)).containsExactly(true, false, false);
        assertThat(plan.sections().stream().map(SectionPlan::start)).containsExactly(0L, 24L, 40L);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsCollectedFollowsFromWhatIsRemembered(SectionPlan.Memory memory) {
        boolean moments = memory == SectionPlan.Memory.KRONECKER
                || memory == SectionPlan.Memory.INPUTS
                || memory == SectionPlan.Memory.INPUTS_AND_OUTPUTS;
        boolean squares = memory == SectionPlan.Memory.ELEMENTWISE || memory == SectionPlan.Memory.FIRST_PRIOR;
        List<ParameterSection> sections = layer().sections();
        for (int i = 0; i < 2; i++) {
            SectionStatistics statistics = new SectionStatistics(SectionPlan.of(sections.get(i), memory), false);
            assertThat(statistics.startsAt(i == 0 ? 0 : 24)).isEqualTo(moments);
            assertThat(statistics.startsAt(1)).isFalse();
            assertThat(statistics.needsSquaresOfFactors()).isEqualTo(squares && i == 0);
            assertThat(statistics.needsSquaresOfGradients()).isEqualTo(squares && i == 1);
            assertThat(statistics.isKnown()).isFalse();
            statistics.addSquares(Nd4j.ones(DataType.DOUBLE, 43), 0.5, false);
            assertThat(statistics.isKnown()).isTrue();
        }
    }
}
