/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.Map;
import java.util.SplittableRandom;

import io.github.dl4jcurvature.fisher.CurvatureBatch;
import io.github.dl4jcurvature.fisher.LayerParameters;
import io.github.dl4jcurvature.fisher.TrainingFactors;
import io.github.dl4jcurvature.fisher.TrainingStep;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** One layer by itself: 5 inputs and a bias, 4 outputs, so that the product with inputs and errors is cheaper for up to 3 rows. */
class FishLegBlockTest {
    private static final int INPUTS = 5;
    private static final int OUTPUTS = 4;
    private static final int PARAMETERS = OUTPUTS * (INPUTS + 1);
    private static final LayerParameters LAYER = TestBlocks.dense("hidden", INPUTS, OUTPUTS);
    private static final BlockPlan PLAN =
            BlockPlan.of(LAYER, new BlockShape(FishLeg.Form.KRONECKER, false, 100), false);
    private static final FactorAdam ADAM = new FactorAdam(0.9, 0.999, 1e-8);
    private static final double DIVISOR = 8;

    private final INDArray v = RandomMatrices.gaussian(PARAMETERS, 1, 3).reshape(PARAMETERS);
    private final INDArray r = RandomMatrices.gaussian(PARAMETERS, 1, 4).reshape(PARAMETERS);

    private static FishLegState state() {
        FishLegState state = new FishLegState(PLAN, Nd4j.zeros(DataType.DOUBLE, PLAN.required()));
        SplittableRandom random = new SplittableRandom(1);
        INDArray factors = state.factors();
        for (long i = 0; i < factors.length(); i++) {
            factors.putScalar(i, random.nextGaussian());
        }
        state.initialScale(0.7);
        return state;
    }

    private static FishLegBlock block(@Nullable INDArray mask) {
        return new FishLegBlock(LAYER, 0, PLAN, state(), mask);
    }

    /** A step with the gradient of some rows of inputs and errors, all of which are passed on or none. */
    private static TrainingStep step(int rows, boolean factors) {
        INDArray inputs = RandomMatrices.gaussian(rows, INPUTS, 11);
        INDArray errors = RandomMatrices.gaussian(rows, OUTPUTS, 12);
        INDArray weights = errors.transpose().mmul(inputs).dup('c').reshape(OUTPUTS * INPUTS);
        INDArray gradient = Nd4j.concat(0, weights, errors.sum(0));
        return new TrainingStep(
                0,
                0,
                DIVISOR,
                gradient,
                CurvatureBatch.ofInputs(inputs),
                factors ? Map.of("hidden", new TrainingFactors(inputs, errors)) : Map.of());
    }

    private static INDArray natural(FishLegBlock block, INDArray gradient) {
        INDArray result = gradient.like();
        block.naturalGradient(BlockVector.of(gradient, PLAN), BlockVector.of(result, PLAN));
        return result;
    }

    private static INDArray times(FishLegBlock block, INDArray vector) {
        INDArray result = vector.like();
        block.multiply(BlockVector.of(vector, PLAN), BlockVector.of(result, PLAN));
        return result;
    }

    /** The factor gradient of the step, or of a vector; by way of the first moment of Adam at its first step. */
    private static INDArray factorGradient(
            FishLegBlock block, INDArray u, INDArray residual, boolean ofStep, boolean preconditioned) {
        BlockVector first = BlockVector.of(u, PLAN);
        BlockVector second = BlockVector.of(residual, PLAN);
        double squaredNorm = ofStep
                ? block.computeFactorGradientOfStep(first, second, 0.3, preconditioned)
                : block.computeFactorGradient(first, second, 0.3, preconditioned);
        block.learn(ADAM, 1e-3);
        INDArray gradient = block.state().firstMoment().div(0.1);
        double norm = gradient.norm2Number().doubleValue();
        assertThat(squaredNorm).isCloseTo(norm * norm, within(1e-9 * norm * norm));
        return gradient;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 9})
    void inputsAndErrorsGiveTheProductOfTheirGradient(int rows) {
        TrainingStep with = step(rows, true);
        FishLegBlock block = block(null);
        block.take(with);
        FishLegBlock dense = block(null);
        dense.take(step(rows, false));

        INDArray expected = natural(dense, with.gradient());

        assertThatMatrix(natural(block, with.gradient())).isWithinRelativeFrobenius(expected, 1e-13);
        assertThatMatrix(expected)
                .isWithinRelativeFrobenius(times(dense, with.gradient().div(DIVISOR)), 1e-13);
        assertThatMatrix(times(block, v)).isWithinRelativeFrobenius(times(dense, v), 1e-13);
        assertThatMatrix(factorGradient(block, with.gradient(), r, true, true))
                .isWithinRelativeFrobenius(factorGradient(dense, with.gradient(), r, true, true), 1e-12);
    }

    /** A gradient that is no number is not looked at where inputs and errors are used. */
    @Test
    void inputsAndErrorsAreUsedWhereThatIsCheaper() {
        for (int rows : new int[] {1, 3, 4, 9}) {
            TrainingStep step = step(rows, true);
            FishLegBlock block = block(null);
            block.take(step);
            INDArray unused = Nd4j.valueArrayOf(new long[] {PARAMETERS}, Double.NaN, DataType.DOUBLE);
            boolean used = !natural(block, unused).isNaN().any();
            assertThat(used).as("%d rows", rows).isEqualTo(rows <= 3);
            assertThat(PLAN.isRankCheaper(rows)).isEqualTo(rows <= 3);
        }
    }

    @Test
    void vectorsThatAreNoGradientsGoWithoutInputsAndErrors() {
        FishLegBlock block = block(null);
        block.take(step(2, true));
        block.takeNone();

        FishLegBlock fresh = block(null);
        fresh.takeNone();
        assertThatMatrix(factorGradient(block, v, r, false, false))
                .isBitEqualTo(factorGradient(fresh, v, r, false, false));
    }

    @Test
    void maskedEntriesTakeNoPart() {
        INDArray mask = Nd4j.ones(DataType.DOUBLE, PARAMETERS);
        mask.putScalar(2, 0).putScalar(9, 0).putScalar(PARAMETERS - 1, 0);
        TrainingStep step = step(2, true);
        FishLegBlock block = block(mask);
        block.take(step);
        FishLegBlock dense = block(null);
        dense.takeNone();

        INDArray gradient = step.gradient().mul(mask);
        INDArray expected = times(dense, gradient.div(DIVISOR)).mul(mask);
        assertThatMatrix(natural(block, step.gradient())).isWithinRelativeFrobenius(expected, 1e-13);
        assertThatMatrix(times(block, gradient)).isWithinRelativeFrobenius(expected.mul(DIVISOR), 1e-13);
        INDArray inPlace = v.dup();
        block.multiply(inPlace);
        assertThatMatrix(inPlace)
                .isWithinRelativeFrobenius(times(dense, v.mul(mask)).mul(mask), 1e-13);
        assertThat(block.isMasked()).isTrue();
        assertThat(dense.isMasked()).isFalse();

        INDArray residual = r.mul(mask);
        INDArray preconditioned = times(dense, residual).mul(mask);
        assertThatMatrix(factorGradient(block, gradient, residual, true, true))
                .isWithinRelativeFrobenius(
                        factorGradient(dense, gradient.div(DIVISOR), preconditioned, false, false), 1e-12);
    }

    @Test
    void factorsThatChangeBehindItsBackAreFollowed() {
        FishLegBlock block = block(null);
        block.takeNone();
        INDArray before = times(block, v);
        block.state().factors().muli(2); // Q is of the fourth degree in its factors
        block.takeNone();
        assertThatMatrix(times(block, v)).isWithinRelativeFrobenius(before.mul(16), 1e-12);
    }

    @Test
    void whatIsLearnedCountsAtOnceAndCanBeUndone() {
        FishLegBlock block = block(null);
        block.takeNone();
        INDArray before = times(block, v);
        block.state().keep(true);
        factorGradient(block, v, r, false, true);
        INDArray learned = times(block, v);
        assertThat(learned.distance2(before)).isGreaterThan(1e-4);
        FishLegState copy = new FishLegState(PLAN, Nd4j.zeros(DataType.DOUBLE, PLAN.required()));
        copy.factors().assign(block.state().factors());
        FishLegBlock same = new FishLegBlock(LAYER, 0, PLAN, copy, null);
        same.takeNone();
        assertThatMatrix(learned).isWithinRelativeFrobenius(times(same, v), 1e-13);

        block.undo();
        block.takeNone();
        assertThatMatrix(times(block, v)).isBitEqualTo(before);
    }

    @Test
    void aLayerStartsAsAMultipleOfTheIdentityAndWithoutBlocksStaysOne() {
        FishLegBlock block = block(null);
        block.initialise(0.25);
        block.takeNone();
        assertThat(block.state().initialScale()).isEqualTo(0.25);
        assertThatMatrix(times(block, v)).isWithinRelativeFrobenius(v.mul(0.25), 1e-14);
        assertThat(block.learns()).isTrue();
        assertThat(block.layer()).isEqualTo("hidden");
        assertThat(block.trace(v.like())).isCloseTo(0.25 * PARAMETERS, within(1e-12));

        BlockPlan plain = BlockPlan.of(LAYER, null, false);
        FishLegState state = new FishLegState(plain, Nd4j.zeros(DataType.DOUBLE, plain.required()));
        state.initialScale(3);
        FishLegBlock without = new FishLegBlock(LAYER, 0, plain, state, null);
        TrainingStep step = step(2, true);
        without.take(step);
        INDArray result = v.like();
        without.naturalGradient(BlockVector.of(step.gradient(), plain), BlockVector.of(result, plain));
        assertThatMatrix(result).isWithinRelativeFrobenius(step.gradient().mul(3 / DIVISOR), 1e-14);
        assertThat(without.learns()).isFalse();
    }

    /** Of an LSTM with gains: four gates with 36 + 4 factors each, then 5. */
    @Test
    void eachBlockHasItsOwnFactors() {
        LayerParameters layer = BlockPlanTest.recurrent();
        BlockPlan plan = BlockPlan.of(layer, new BlockShape(FishLeg.Form.KRONECKER, true, 100), false);
        FishLegState state = new FishLegState(plan, Nd4j.zeros(DataType.DOUBLE, plan.required()));
        state.factors().assign(RandomMatrices.gaussian(new long[] {plan.factors()}, 5));
        FishLegBlock block = new FishLegBlock(layer, 0, plan, state, null);
        block.takeNone();
        BlockVector vector = BlockVector.of(RandomMatrices.gaussian(53, 1, 6).reshape(53), plan);
        BlockVector product = BlockVector.of(vector.flat().like(), plan);
        block.multiply(vector, product);

        long[] starts = {0, 40, 80, 120, 160};
        for (int i = 0; i < 5; i++) {
            SubBlockPlan part = plan.blocks().get(i);
            InverseFisher inverse = part.inverse(Factors.slice(state.factors(), starts[i], part.factors()));
            inverse.refresh();
            JointMatrix u = new JointMatrix(DataType.DOUBLE, part);
            JointMatrix expected = new JointMatrix(DataType.DOUBLE, part);
            JointMatrix actual = new JointMatrix(DataType.DOUBLE, part);
            u.read(vector.blocks().get(i));
            actual.read(product.blocks().get(i));
            inverse.apply(u.matrix(), expected.matrix());
            assertThatMatrix(actual.matrix()).isWithinRelativeFrobenius(expected.matrix(), 1e-13);
        }
        assertThat(plan.factors()).isEqualTo(165);
    }

    @Test
    void partsOfANetworksVectorAreViews() {
        INDArray network = Nd4j.zeros(DataType.DOUBLE, 7 + PARAMETERS);
        FishLegBlock block = new FishLegBlock(LAYER, 7, PLAN, state(), null);
        block.part(network).flat().assign(1);
        assertThat(network.sumNumber().doubleValue()).isEqualTo(PARAMETERS);
        assertThat(network.get(NDArrayIndex.interval(0, 7)).sumNumber().doubleValue())
                .isZero();
    }
}
