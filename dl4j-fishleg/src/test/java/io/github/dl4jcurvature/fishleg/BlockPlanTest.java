/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.fisher.LayerParameters;
import io.github.dl4jcurvature.fisher.ParameterSection;
import io.github.dl4jcurvature.fisher.ParameterSection.Kind;
import io.github.dl4jcurvature.fisher.ParameterSection.Part;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;

/** Layouts and sizes by hand. */
class BlockPlanTest {
    private static final BlockShape SHAPE = new BlockShape(FishLeg.Form.KRONECKER, false, 100);

    /** 3 inputs, 2 units with 4 gates, biases, and 5 gains. */
    static LayerParameters recurrent() {
        ParameterSection gates = new ParameterSection(
                Kind.MATRIX, 8, List.of(new Part(0, 3), new Part(24, 2), new Part(40, 1)), 4, true);
        ParameterSection gains = new ParameterSection(Kind.ELEMENTWISE, 1, List.of(new Part(48, 5)), 1, false);
        return new LayerParameters(
                "memory", List.of("W", "RW", "b", "g"), List.of(24L, 16L, 8L, 5L), List.of(gates, gains));
    }

    private static BlockPlan plan(boolean separateGates, FishLeg.Form form, boolean averaged) {
        return BlockPlan.of(recurrent(), new BlockShape(form, separateGates, 100), averaged);
    }

    @Test
    void gatesTogetherAreOneBlockAndGainsADiagonal() {
        BlockPlan plan = plan(false, FishLeg.Form.KRONECKER, false);
        assertThat(plan.blocks())
                .containsExactly(
                        new SubBlockPlan(
                                8, new long[] {0, 24, 40}, new long[] {3, 2, 1}, false, false, FishLeg.Form.KRONECKER),
                        new SubBlockPlan(0, new long[] {48}, new long[] {5}, true, true, FishLeg.Form.KRONECKER));
        assertThat(plan)
                .returns("memory", BlockPlan::layer)
                .returns(53L, BlockPlan::parameters)
                .returns(64L + 36 + 5, BlockPlan::factors)
                .returns(4 + 53 + 3 * 105L, BlockPlan::required)
                .returns(true, BlockPlan::hasBlocks)
                .returns(false, BlockPlan::averaged)
                .hasToString("layer memory, parameters [24, 16, 8, 5], blocks [8 x 6, diagonal 5]");
    }

    @Test
    void eachGateHasItsOwnRows() {
        List<SubBlockPlan> blocks = plan(true, FishLeg.Form.KRONECKER, false).blocks();
        assertThat(blocks).hasSize(5);
        for (int gate = 0; gate < 4; gate++) {
            assertThat(blocks.get(gate))
                    .isEqualTo(new SubBlockPlan(
                            2,
                            new long[] {gate * 6L, 24 + gate * 4L, 40 + gate * 2L},
                            new long[] {3, 2, 1},
                            false,
                            false,
                            FishLeg.Form.KRONECKER));
        }
    }

    @Test
    void averagesAndScalesTakeStateOfTheirOwn() {
        assertThat(plan(false, FishLeg.Form.KRONECKER, true))
                .returns(4 + 53 + 3 * 105L + 53, BlockPlan::required)
                .returns(true, BlockPlan::averaged);
        assertThat(plan(false, FishLeg.Form.SCALED_KRONECKER, false)).returns(105L + 48, BlockPlan::factors);
        assertThat(BlockPlan.of(recurrent(), null, false))
                .returns(false, BlockPlan::hasBlocks)
                .returns(4L + 53, BlockPlan::required);
    }

    @Test
    void theLongestParameterIsAskedForAllState() {
        BlockPlan plan = plan(false, FishLeg.Form.KRONECKER, false);
        assertThat(plan.stateSize(24)).isEqualTo(plan.required());
        assertThat(plan.stateSize(16)).isZero();
        assertThat(plan.allocated()).isEqualTo(plan.required());
    }

    @Test
    void sidesLongerThanTheLimitAreDiagonal() {
        LayerParameters layer = TestBlocks.dense("wide", 9, 10); // 10 x 10 with the bias
        for (FishLeg.Form form : FishLeg.Form.values()) {
            SubBlockPlan full =
                    SubBlockPlan.of(layer, new BlockShape(form, false, 10)).get(0);
            SubBlockPlan narrow =
                    SubBlockPlan.of(layer, new BlockShape(form, false, 9)).get(0);
            long scale = form == FishLeg.Form.KRONECKER ? 0 : 100;
            assertThat(full.factors()).isEqualTo(200 + scale);
            assertThat(narrow.factors()).isEqualTo(20 + scale);
            assertThat(full.hasRankForm()).isEqualTo(form == FishLeg.Form.KRONECKER);
            assertThat(narrow.hasRankForm()).isFalse();
            assertThat(narrow.isRankCheaper(1)).isFalse();
        }
        SubBlockPlan outputs = SubBlockPlan.of(
                        TestBlocks.dense("a", 2, 10), new BlockShape(FishLeg.Form.KRONECKER, false, 9))
                .get(0);
        SubBlockPlan inputs = SubBlockPlan.of(
                        TestBlocks.dense("a", 10, 2), new BlockShape(FishLeg.Form.KRONECKER, false, 9))
                .get(0);
        assertThat(outputs.factors()).isEqualTo(10 + 9);
        assertThat(inputs.factors()).isEqualTo(4 + 11);
        assertThat(Stream.of(outputs, inputs)).noneMatch(SubBlockPlan::hasRankForm);
    }

    @Test
    void formsOfTheInverseFollowThePlan() {
        LayerParameters layer = TestBlocks.dense("layer", 3, 2);
        assertThat(inverse(SubBlockPlan.of(layer, SHAPE).get(0))).isInstanceOf(KroneckerInverse.class);
        assertThat(inverse(SubBlockPlan.of(layer, new BlockShape(FishLeg.Form.KRONECKER, false, 3))
                        .get(0)))
                .isInstanceOf(KroneckerSides.class);
        assertThat(inverse(SubBlockPlan.of(layer, new BlockShape(FishLeg.Form.KRONECKER, false, 1))
                        .get(0)))
                .isInstanceOf(KroneckerSides.class);
        assertThat(inverse(SubBlockPlan.of(layer, new BlockShape(FishLeg.Form.SCALED_KRONECKER, false, 100))
                        .get(0)))
                .isInstanceOf(ScaledKroneckerInverse.class);
        assertThat(inverse(SubBlockPlan.of(recurrent(), SHAPE).get(1))).isInstanceOf(DiagonalInverse.class);
        ParameterSection table = new ParameterSection(Kind.LOOKUP, 2, List.of(new Part(0, 3)), 1, true);
        LayerParameters embedding = new LayerParameters("words", List.of("W"), List.of(6L), List.of(table));
        assertThat(SubBlockPlan.of(embedding, SHAPE))
                .containsExactly(
                        new SubBlockPlan(2, new long[] {0}, new long[] {3}, false, true, FishLeg.Form.KRONECKER));
    }

    private static InverseFisher inverse(SubBlockPlan plan) {
        return plan.inverse(Nd4j.ones(DataType.DOUBLE, plan.factors()));
    }

    @Test
    void plansAreEqualIfAllTheirPartsAre() {
        BlockPlan plan = plan(false, FishLeg.Form.KRONECKER, false);
        assertThat(plan)
                .isEqualTo(plan(false, FishLeg.Form.KRONECKER, false))
                .hasSameHashCodeAs(plan(false, FishLeg.Form.KRONECKER, false))
                .isNotEqualTo(plan(true, FishLeg.Form.KRONECKER, false))
                .isNotEqualTo(plan(false, FishLeg.Form.SCALED_KRONECKER, false))
                .isNotEqualTo(plan(false, FishLeg.Form.KRONECKER, true))
                .isNotEqualTo(new BlockPlan("other", new long[] {24, 16, 8, 5}, plan.blocks(), false))
                .isNotEqualTo(new BlockPlan("memory", new long[] {24, 16, 5, 8}, plan.blocks(), false))
                .isEqualTo(new BlockPlan("memory", new long[] {24, 16, 8, 5}, plan.blocks(), false));
        SubBlockPlan block = block(2, 0, 3, false, false, FishLeg.Form.KRONECKER);
        assertThat(block)
                .isEqualTo(block(2, 0, 3, false, false, FishLeg.Form.KRONECKER))
                .hasSameHashCodeAs(block(2, 0, 3, false, false, FishLeg.Form.KRONECKER));
        assertThat(Stream.of(
                        block(1, 0, 3, false, false, FishLeg.Form.KRONECKER),
                        block(2, 1, 3, false, false, FishLeg.Form.KRONECKER),
                        block(2, 0, 4, false, false, FishLeg.Form.KRONECKER),
                        block(2, 0, 3, true, false, FishLeg.Form.KRONECKER),
                        block(2, 0, 3, false, true, FishLeg.Form.KRONECKER),
                        block(2, 0, 3, false, false, FishLeg.Form.SCALED_KRONECKER)))
                .doesNotContain(block);
    }

    private static SubBlockPlan block(
            long outputs, long start, long columns, boolean outer, boolean inner, FishLeg.Form form) {
        return new SubBlockPlan(outputs, new long[] {start}, new long[] {columns}, outer, inner, form);
    }
}
