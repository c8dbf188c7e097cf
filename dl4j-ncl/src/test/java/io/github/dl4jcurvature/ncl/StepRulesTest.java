/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.Objects;

import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/**
 * Penalties, steps and consolidation of all rules, written down with explicit matrices that EJML inverts. Conditions are below
 * 100, so that errors stay below 1e-12; a wrong factor errs by a tenth or more.
 */
class StepRulesTest {
    private static final int ROWS = 4;
    private static final int COLUMNS = 3;
    private static final double DATA_SIZE = 50;
    private static final double TOLERANCE = 1e-12;
    private static final double RATE = 0.3;

    private final INDArray x = RandomMatrices.gaussian(ROWS, COLUMNS, 1).dup('f');
    private final FactorPair factors = new FactorPair(spd(ROWS, 2, 3), spd(COLUMNS, 3, 0.5));

    private static INDArray spd(int n, long seed, double scale) {
        return RandomMatrices.spdWithCondition(n, 5, seed).muli(scale).dup('f');
    }

    private static INDArray identity(int n, double scale) {
        return Nd4j.eye(n).castTo(DataType.DOUBLE).muli(scale);
    }

    private static INDArray inverse(INDArray a) {
        DMatrixRMaj inverse = new DMatrixRMaj(a.rows(), a.rows());
        assertThat(CommonOps_DDRM.invert(new DMatrixRMaj(a.toDoubleMatrix()), inverse))
                .isTrue();
        return Nd4j.createFromArray(inverse.data).reshape('c', a.rows(), a.rows());
    }

    private static double trace(INDArray a) {
        return Nd4j.diag(a).sumNumber().doubleValue();
    }

    private static INDArray zeros() {
        return Nd4j.zeros(DataType.DOUBLE, ROWS, COLUMNS).dup('f');
    }

    private static INDArray stepOf(StepRule rule, INDArray momentum) {
        INDArray step = zeros().addi(7);
        rule.step(RATE, momentum, step);
        return step;
    }

    private static TaskStatistics statistics(double scale, double weight) {
        return new TaskStatistics(
                spd(ROWS, 5, scale),
                spd(COLUMNS, 6, 2),
                spd(ROWS, 7, 1.5),
                RandomMatrices.uniform(new long[] {ROWS, COLUMNS}, 8).muli(scale),
                RandomMatrices.gaussian(ROWS, COLUMNS, 9),
                weight);
    }

    private static KroneckerPrior.Settings settings(Damping damping, boolean natural, double forgetting) {
        return new KroneckerPrior.Settings(DATA_SIZE, damping, natural, KroneckerSum.ADDITIVE, forgetting);
    }

    private static StateSlots slots(INDArray state) {
        return new StateSlots(state);
    }

    @Test
    void balancedFactorsHaveTheSameProductAndEqualMeans() {
        FactorPair balanced = factors.balanced();
        assertThat(balanced.meanInput()).isCloseTo(balanced.meanOutput(), within(TOLERANCE));
        assertThatMatrix(balanced.inputs().mmul(x).mmul(balanced.outputs()))
                .isWithinRelativeFrobenius(factors.inputs().mmul(x).mmul(factors.outputs()), TOLERANCE);
        assertThat(factors.meanInput()).isCloseTo(trace(factors.inputs()) / ROWS, within(TOLERANCE));
        assertThat(factors.meanOutput()).isCloseTo(trace(factors.outputs()) / COLUMNS, within(TOLERANCE));
        assertThat(factors.trace())
                .isCloseTo(trace(factors.inputs()) * trace(factors.outputs()), within(100 * TOLERANCE));
        FactorPair scaled = FactorPair.scaledIdentity(ROWS, COLUMNS, 0.5);
        assertThatMatrix(scaled.inputs()).isBitEqualTo(identity(ROWS, 0.5));
        assertThatMatrix(scaled.outputs()).isBitEqualTo(identity(COLUMNS, 0.5));
    }

    /** The eigenvalues are 6, 3 and 0, the mean 3, so that the last one becomes 3e-9. */
    @Test
    void inversesOfSingularMatricesHaveTheirEigenvaluesRaised() {
        INDArray regular = spd(5, 4, 2);
        assertThatMatrix(SymmetricInverse.of(regular)).isWithinRelativeFrobenius(inverse(regular), TOLERANCE);
        INDArray basis = RandomMatrices.orthogonal(3, 4);
        INDArray values = Nd4j.createFromArray(6.0, 3, 0);
        INDArray singular = basis.mulRowVector(values).mmul(basis.transpose());
        INDArray before = singular.dup();
        INDArray inverse = SymmetricInverse.of(singular);
        INDArray diagonal = basis.transpose().mmul(inverse).mmul(basis);
        assertThat(diagonal.getDouble(2, 2)).isCloseTo(1 / 3e-9, within(1.0));
        // cancellation of 3e8 leaves 7 digits of the others
        assertThat(diagonal.getDouble(0, 0)).isCloseTo(1.0 / 6, within(1e-5));
        assertThat(diagonal.getDouble(1, 1)).isCloseTo(1.0 / 3, within(1e-5));
        assertThatMatrix(singular).isBitEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void dampingIsSplitByTheMeansOfTheFactors(boolean relative) {
        double input = trace(factors.inputs()) / ROWS;
        double output = trace(factors.outputs()) / COLUMNS;
        double alpha = relative ? 0.2 * Math.sqrt(input * output) : 0.2;
        FactorPair damped = new Damping(0.2, relative).added(factors);
        double pi = Math.sqrt(input / output);
        assertThatMatrix(damped.inputs())
                .isWithinRelativeFrobenius(factors.inputs().add(identity(ROWS, pi * alpha)), TOLERANCE);
        assertThatMatrix(damped.outputs())
                .isWithinRelativeFrobenius(factors.outputs().add(identity(COLUMNS, alpha / pi)), TOLERANCE);
        // a precision of 4 has the factors 2 and 2, which become 2 + alpha each
        double each = 2 + (relative ? 0.2 * 2 : 0.2);
        assertThat(4 + new Damping(0.2, relative).added(4)).isCloseTo(each * each, within(TOLERANCE));
    }

    /** Identities once as such and once as matrices like any other. */
    @ParameterizedTest
    @CsvSource({"false, true", "true, true", "true, false"})
    void kroneckerPriorsMultiplyByTheirFactors(boolean scalar, boolean isotropic) {
        FactorPair own = scalar
                ? new FactorPair(
                        identity(ROWS, 2).dup('f'), identity(COLUMNS, 0.3).dup('f'))
                : factors;
        boolean simple = scalar && isotropic;
        Damping damping = new Damping(0.2, true);
        KroneckerPrior prior = new KroneckerPrior(settings(damping, true, 1), own, simple);
        INDArray gradient = RandomMatrices.gaussian(ROWS, COLUMNS, 11).dup('f');
        INDArray product = own.inputs().mmul(x).mmul(own.outputs());
        INDArray expected = gradient.add(product.mul(0.7));
        prior.addPenaltyGradient(0.7, x, gradient);
        assertThatMatrix(gradient).isWithinRelativeFrobenius(expected, TOLERANCE);
        assertThat(prior.quadratic(x)).isCloseTo(product.mul(x).sumNumber().doubleValue(), within(100 * TOLERANCE));
        FactorPair damped = damping.added(own);
        assertThatMatrix(stepOf(prior, x)).isWithinRelativeFrobenius(naturalStep(damped), TOLERANCE);
        assertThat(prior.inverse()).isSameAs(prior.inverse());
        assertThatMatrix(stepOf(new KroneckerPrior(settings(damping, false, 1), own, simple), x))
                .isWithinRelativeFrobenius(x.mul(RATE), TOLERANCE);
    }

    private INDArray naturalStep(FactorPair damped) {
        return inverse(damped.inputs()).mmul(x).mmul(inverse(damped.outputs())).mul(RATE / DATA_SIZE);
    }

    @Test
    void thePrecisionBeforeTheFirstTaskIsThatOfTheSettings() {
        FactorPair initial = KroneckerPrior.initial(ROWS, COLUMNS, 2, DATA_SIZE);
        KroneckerPrior prior = new KroneckerPrior(settings(new Damping(0, false), true, 1), initial, true);
        double norm = x.mul(x).sumNumber().doubleValue();
        assertThat(prior.quadratic(x)).isCloseTo(2 / DATA_SIZE * norm, within(TOLERANCE));
        assertThatMatrix(stepOf(prior, x)).isWithinRelativeFrobenius(x.mul(RATE / 2), TOLERANCE);
        INDArray elementwise = ElementwisePrior.initial(ROWS, COLUMNS, 2, DATA_SIZE);
        assertThatMatrix(elementwise).isWithinAbsolute(zeros().addi(2 / DATA_SIZE), 1e-17);
    }

    /** (f A + pi C) x (G + D / pi) with pi from the traces, as the additive sum is defined, here up to the scale of its factors. */
    @Test
    void kroneckerPriorsAddTheInformationOfATask() {
        double forgetting = 0.6;
        double weight = 1.7;
        KroneckerPrior prior = new KroneckerPrior(settings(new Damping(0.1, true), true, forgetting), factors, false);
        INDArray before = stepOf(prior, x);
        TaskStatistics task = statistics(1, weight);
        FactorPair fisher = task.fisher();
        StepRule.Consolidated result = prior.consolidate(task);
        assertThat(result.trained()).isTrue();
        assertThat(result.fisherTrace())
                .isCloseTo(weight * trace(spd(ROWS, 5, 1)) * trace(spd(COLUMNS, 6, 2)), within(1e-10));
        KroneckerSumProblem problem =
                new KroneckerSumProblem(new FactorPair(factors.inputs().mul(forgetting), factors.outputs()), fisher);
        KroneckerSumProblem.Weights weights = problem.weights(KroneckerSum.ADDITIVE);
        assertThat(result.divergence()).isCloseTo(problem.divergence(weights), within(TOLERANCE));
        FactorPair sum = problem.factors(weights);
        assertThat(prior.quadratic(x))
                .isCloseTo(
                        sum.inputs()
                                .mmul(x)
                                .mmul(sum.outputs())
                                .mul(x)
                                .sumNumber()
                                .doubleValue(),
                        within(1e-10));
        assertThat(stepOf(prior, x).distance2(before))
                .isGreaterThan(1e-3 * before.norm2Number().doubleValue());
        FactorPair damped = new Damping(0.1, true).added(sum);
        assertThatMatrix(stepOf(prior, x)).isWithinRelativeFrobenius(naturalStep(damped), 1e-11);
    }

    @Test
    void isotropicPriorsLoseTheirShapeWithTheFirstTask() {
        FactorPair initial = KroneckerPrior.initial(ROWS, COLUMNS, 2, DATA_SIZE);
        KroneckerPrior prior = new KroneckerPrior(settings(new Damping(0, false), true, 1), initial, true);
        prior.consolidate(statistics(1, 1));
        INDArray gradient = zeros();
        prior.addPenaltyGradient(1, x, gradient);
        FactorPair now = prior.factors();
        assertThatMatrix(gradient)
                .isWithinRelativeFrobenius(now.inputs().mmul(x).mmul(now.outputs()), TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, Double.NaN, Double.POSITIVE_INFINITY, -1e4})
    void tasksWithoutUsableInformationChangeNothing(double bad) {
        TaskStatistics task = statistics(bad == 0 ? 0 : 1, 1);
        if (bad != 0) {
            Objects.requireNonNull(task.inputs()).putScalar(0, 0, bad);
            task.requiredSquares().putScalar(0, 0, bad);
        }
        Damping damping = new Damping(0.1, true);
        INDArray precision = zeros().addi(0.5);
        StepRule[] rules = {
            new KroneckerPrior(settings(damping, true, 0.5), factors, false),
            new ElementwisePrior(settings(damping, true, 0.5), true, precision),
            new InputProjection(damping, true, factors, 1)
        };
        for (StepRule rule : rules) {
            INDArray before = stepOf(rule, x);
            double size = rule.quadratic(x);
            if (bad == 0) {
                assertThat(rule.consolidate(task)).isEqualTo(StepRule.Consolidated.UNTRAINED);
            } else {
                assertThatThrownBy(() -> rule.consolidate(task))
                        .isInstanceOf(ArithmeticException.class)
                        .hasMessageContaining("the Fisher information of the task is not finite");
            }
            assertThatMatrix(stepOf(rule, x)).isBitEqualTo(before);
            assertThat(rule.quadratic(x)).isEqualTo(Double.valueOf(size));
        }
        assertThat(StepRule.Consolidated.UNTRAINED).isEqualTo(new StepRule.Consolidated(false, 0, 0));
    }

    @Test
    void elementwisePriorsMultiplyByTheirElements() {
        INDArray precision =
                RandomMatrices.uniform(new long[] {ROWS, COLUMNS}, 12).addi(0.2).dup('f');
        INDArray first = precision.dup('f');
        Damping damping = new Damping(0.3, true);
        ElementwisePrior prior = new ElementwisePrior(settings(damping, true, 0.6), true, precision);
        INDArray gradient = RandomMatrices.gaussian(ROWS, COLUMNS, 11).dup('f');
        INDArray expected = gradient.add(first.mul(x).mul(0.7));
        prior.addPenaltyGradient(0.7, x, gradient);
        assertThatMatrix(gradient).isWithinRelativeFrobenius(expected, TOLERANCE);
        assertThat(prior.quadratic(x)).isCloseTo(first.mul(x).mul(x).sumNumber().doubleValue(), within(TOLERANCE));
        assertDampedStep(prior, first, damping);
        assertThatMatrix(stepOf(new ElementwisePrior(settings(damping, false, 1), true, first), x))
                .isWithinRelativeFrobenius(x.mul(RATE), TOLERANCE);

        TaskStatistics task = statistics(1, 1.7);
        INDArray fisher = task.requiredSquares().mul(1.7);
        StepRule.Consolidated result = prior.consolidate(task);
        assertThat(result.trained()).isTrue();
        assertThat(result.fisherTrace()).isCloseTo(fisher.sumNumber().doubleValue(), within(TOLERANCE));
        assertThat(result.divergence()).isZero();
        INDArray sum = first.mul(0.6).add(fisher);
        assertThat(prior.quadratic(x)).isCloseTo(sum.mul(x).mul(x).sumNumber().doubleValue(), within(100 * TOLERANCE));
        assertDampedStep(prior, sum, damping);

        ElementwisePrior fixed = new ElementwisePrior(settings(damping, true, 0.6), false, first.dup('f'));
        INDArray seen = statistics(1, 1).requiredSquares();
        StepRule.Consolidated kept = fixed.consolidate(statistics(1, 1));
        assertThat(kept.trained()).isTrue(); // the mean moves
        assertThat(kept.fisherTrace()).isCloseTo(seen.sumNumber().doubleValue(), within(TOLERANCE));
        assertDampedStep(fixed, first, damping);
        INDArray nothing = seen.mul(0);
        assertThat(fixed.consolidate(new TaskStatistics(null, null, null, nothing, x, 1)))
                .isEqualTo(StepRule.Consolidated.UNTRAINED);
    }

    private void assertDampedStep(ElementwisePrior prior, INDArray precision, Damping damping) {
        double added = damping.added(precision.meanNumber().doubleValue());
        assertThatMatrix(stepOf(prior, x))
                .isWithinRelativeFrobenius(x.div(precision.add(added)).mul(RATE / DATA_SIZE), TOLERANCE);
    }

    /** Means of two tasks: of the covariance of the inputs, and of what the parameters make of it. */
    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true"})
    void projectionsTurnStepsAwayFromEarlierInputs(boolean withOutputs, boolean relative) {
        FactorPair none = FactorPair.scaledIdentity(ROWS, COLUMNS, 0);
        InputProjection rule = new InputProjection(new Damping(0.2, relative), withOutputs, none, 0);
        assertThatMatrix(stepOf(rule, x)).isWithinRelativeFrobenius(x.mul(RATE), TOLERANCE);
        TaskStatistics first = statistics(1, 1);
        TaskStatistics second = new TaskStatistics(
                spd(ROWS, 25, 1),
                spd(COLUMNS, 26, 2),
                spd(ROWS, 27, 1.5),
                null,
                RandomMatrices.gaussian(ROWS, COLUMNS, 29),
                1);
        StepRule.Consolidated result = rule.consolidate(first);
        assertThat(result.trained()).isTrue();
        assertThat(result.fisherTrace()).isCloseTo(first.fisher().trace(), within(TOLERANCE));
        assertThat(result.divergence()).isZero();
        assertThat(rule.quadratic(x)).isZero();
        assertProjected(rule, withOutputs, relative, first.requiredCovariance(), mapped(first));
        rule.consolidate(second);
        assertProjected(
                rule,
                withOutputs,
                relative,
                first.requiredCovariance().add(second.requiredCovariance()).mul(0.5),
                mapped(first).add(mapped(second)).mul(0.5));
    }

    private static INDArray mapped(TaskStatistics task) {
        return task.parameters().transpose().mmul(task.requiredCovariance()).mmul(task.parameters());
    }

    private void assertProjected(
            InputProjection rule, boolean withOutputs, boolean relative, INDArray inputs, INDArray outputs) {
        INDArray expected = projection(inputs, relative).mmul(x).mul(RATE);
        assertThatMatrix(stepOf(rule, x))
                .isWithinRelativeFrobenius(
                        withOutputs ? expected.mmul(projection(outputs, relative)) : expected, TOLERANCE);
    }

    private static INDArray projection(INDArray mean, boolean relative) {
        double alpha = relative ? 0.2 * trace(mean) / mean.rows() : 0.2;
        return inverse(mean.add(identity(mean.rows(), alpha))).mul(alpha);
    }

    /** A double in the state of a network in FLOAT keeps 48 bits. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void whatIsWrittenIsRead(DataType type) {
        double accuracy = type == DataType.DOUBLE ? 0 : 0x1p-48;
        INDArray state = Nd4j.zeros(
                type, StateSlots.sizeOfSymmetric(ROWS) + StateSlots.sizeOfSymmetric(COLUMNS) + StateSlots.sizeOf(3));
        Damping damping = new Damping(0.1, true);
        StateSlots writing = slots(state);
        new KroneckerPrior(settings(damping, true, 1), factors, false).write(writing);
        writing.write(new double[] {1.0 / 3, -7, 1e-3});
        StateSlots reading = slots(state);
        assertPair(KroneckerPrior.read(ROWS, COLUMNS, reading), factors, accuracy);
        double[] rest = reading.read(3);
        assertThat(rest[0]).isCloseTo(1.0 / 3, within(accuracy));
        assertThat(rest[1]).isEqualTo(-7);
        assertThat(rest[2]).isCloseTo(1e-3, within(accuracy));

        state.assign(0);
        new InputProjection(damping, true, factors, 1).write(slots(state));
        assertPair(InputProjection.read(ROWS, COLUMNS, true, slots(state)), factors, accuracy);
        INDArray inputsOnly = Nd4j.zeros(type, StateSlots.sizeOfSymmetric(ROWS));
        new InputProjection(damping, false, factors, 1).write(slots(inputsOnly));
        FactorPair half = InputProjection.read(ROWS, COLUMNS, false, slots(inputsOnly));
        assertPair(half, new FactorPair(factors.inputs(), Nd4j.zeros(DataType.DOUBLE, COLUMNS, COLUMNS)), accuracy);

        INDArray elements = Nd4j.zeros(type, StateSlots.sizeOf((long) ROWS * COLUMNS));
        new ElementwisePrior(settings(damping, true, 1), true, x).write(slots(elements));
        assertThatMatrix(ElementwisePrior.read(ROWS, COLUMNS, slots(elements))).isWithinAbsolute(x, 4 * accuracy);
    }

    private static void assertPair(FactorPair actual, FactorPair expected, double accuracy) {
        assertThatMatrix(actual.inputs()).isWithinAbsolute(expected.inputs(), 4 * accuracy);
        assertThatMatrix(actual.outputs()).isWithinAbsolute(expected.outputs(), 4 * accuracy);
    }

    @Test
    void statisticsThatWereNotCollectedAreNamed() {
        TaskStatistics none = new TaskStatistics(null, null, null, null, x, 1);
        assertThatThrownBy(none::fisher)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a statistic was not collected");
        assertThatThrownBy(none::requiredSquares).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(none::requiredCovariance).isInstanceOf(IllegalStateException.class);
    }
}
