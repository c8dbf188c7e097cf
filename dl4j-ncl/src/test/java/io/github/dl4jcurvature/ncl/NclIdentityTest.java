/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.List;

import io.github.dl4jcurvature.fisher.CurvatureBatch;
import io.github.dl4jcurvature.fisher.FisherLabels;
import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Identities of the method, each against something that shares no code with it. */
class NclIdentityTest {
    private static final double RATE = 0.1;
    private static final double SIZE = 50;
    private static final Damping NONE = new Damping(0, true);

    /** Before the first task ends, without damping, steps are those of heavy-ball descent with L2 = lambda p / N. */
    @Test
    void firstTaskIsGradientDescentWithMomentumAndDecay() {
        double lambda = 0.7;
        double precision = 3;
        MultiLayerNetwork network = Tasks.classifier(
                Ncl.builder()
                        .learningRate(RATE)
                        .dataSize(SIZE)
                        .priorWeight(lambda)
                        .priorPrecision(precision)
                        .damping(0)
                        .build(),
                DataType.DOUBLE);
        DataSet batch = Tasks.data(0, DataType.DOUBLE);
        MultiLayerNetwork plain = Tasks.classifier(new Sgd(1), DataType.DOUBLE);
        INDArray theta = plain.params().dup();
        INDArray momentum = Nd4j.zerosLike(theta);
        for (int step = 0; step < 5; step++) {
            network.fit(batch);
            plain.setParams(theta);
            plain.fit(batch); // at the rate 1, the change is the gradient
            INDArray gradient = theta.sub(plain.params());
            momentum.muli(0.9).addi(gradient).addi(theta.mul(lambda * precision / SIZE));
            theta = theta.sub(momentum.mul(RATE / precision));
        }
        assertThatMatrix(network.params()).isWithinRelativeFrobenius(theta, 1e-12);
    }

    /** Without a data gradient, damping and momentum, the pull is eta lambda / N times the deviation, whatever the prior. */
    @Test
    void pullToTheMeanDoesNotDependOnTheMetric() {
        INDArray deviation = RandomMatrices.gaussian(4, 3, 1);
        KroneckerPrior prior = prior(NONE, 2);
        INDArray gradient = zeros(4, 3);
        INDArray step = zeros(4, 3);
        prior.addPenaltyGradient(0.8, deviation.dup('f'), gradient);
        prior.step(RATE, gradient, step);
        assertThatMatrix(step).isWithinRelativeFrobenius(deviation.mul(RATE * 0.8 / SIZE), 1e-12);
    }

    /** Against the solution with the Kronecker product as a dense matrix. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void stepSolvesTheDampedSystem(boolean relative) {
        Damping damping = new Damping(0.1, relative);
        KroneckerPrior prior = prior(damping, 3);
        INDArray momentum = RandomMatrices.gaussian(4, 3, 4).dup('f');
        INDArray step = zeros(4, 3);

        prior.step(RATE, momentum, step);

        FactorPair factors = prior.factors();
        double a = factors.meanInput();
        double g = factors.meanOutput();
        double alpha = relative ? 0.1 * Math.sqrt(a * g) : 0.1;
        double pi = Math.sqrt(a / g);
        INDArray dense = KroneckerSumTest.kron(new FactorPair(
                factors.inputs().add(Nd4j.eye(4).castTo(DataType.DOUBLE).mul(pi * alpha)),
                factors.outputs().add(Nd4j.eye(3).castTo(DataType.DOUBLE).mul(alpha / pi))));
        INDArray stacked = step.dup('c').reshape('c', 12, 1); // row by row
        assertThatMatrix(dense.mmul(stacked).reshape('c', 4, 3))
                .isWithinRelativeFrobenius(momentum.mul(RATE / SIZE), 1e-10);
    }

    /** The step of length r in the metric gains more than any other feasible one. */
    @Test
    void directionIsThatOfTheTrustRegion() {
        KroneckerPrior prior = prior(NONE, 5);
        INDArray gradient = RandomMatrices.gaussian(4, 3, 6).dup('f');
        INDArray step = zeros(4, 3);
        prior.step(1, gradient, step);
        double radius = 0.3;
        INDArray best = step.mul(radius / Math.sqrt(prior.quadratic(step)));
        assertThat(prior.quadratic(best)).isCloseTo(radius * radius, within(1e-12));
        double gain = best.mul(gradient).sumNumber().doubleValue();
        for (long seed = 0; seed < 10_000; seed++) {
            INDArray other = RandomMatrices.gaussian(4, 3, 1000 + seed).dup('f');
            other.muli(radius / Math.sqrt(prior.quadratic(other)));
            assertThat(other.mul(gradient).sumNumber().doubleValue()).isLessThanOrEqualTo(gain + 1e-12);
        }
    }

    private static KroneckerPrior prior(Damping damping, long seed) {
        return new KroneckerPrior(
                new KroneckerPrior.Settings(SIZE, damping, true, KroneckerSum.KL, 1),
                new FactorPair(spd(4, seed), spd(3, seed + 10)),
                false);
    }

    private static INDArray zeros(long rows, long columns) {
        return Nd4j.createUninitialized(DataType.DOUBLE, new long[] {rows, columns}, 'f')
                .assign(0);
    }

    private static INDArray spd(long order, long seed) {
        INDArray root = RandomMatrices.gaussian(order, 2 * order, seed);
        return root.mmul(root.transpose()).dup('f');
    }

    /** A quadratic analogue of two tasks: the same end as descent on the penalised loss, but no detour through forgetting. */
    @Test
    void quadraticTasksEndAtTheJointOptimumWithoutForgettingOnTheWay() {
        GoldenCase golden = GoldenCases.in("ncl").named("golden_toy2d");
        INDArray curvature = golden.array("H2");
        INDArray target = golden.array("b").reshape(2, 1);
        FactorPair first = new FactorPair(
                golden.array("H1").dup('f'), FactorPair.scaledIdentity(1, 1, 1).outputs());
        for (String run : List.of("laplace", "ncl", "proj")) {
            boolean natural = !run.equals("laplace");
            KroneckerPrior prior =
                    new KroneckerPrior(new KroneckerPrior.Settings(1, NONE, natural, KroneckerSum.KL, 1), first, false);
            INDArray theta = zeros(2, 1);
            INDArray step = zeros(2, 1);
            double worst = 0;
            for (int i = 0; i < golden.number("runs/" + run + "/steps"); i++) {
                INDArray gradient = curvature.mmul(theta.sub(target)).dup('f');
                prior.addPenaltyGradient(run.equals("proj") ? 0 : 1, theta, gradient);
                prior.step(golden.number("runs/" + run + "/lr"), gradient, step);
                theta.subi(step);
                worst = Math.max(worst, 0.5 * prior.quadratic(theta)); // loss of the first task, whose minimum is 0
                if (i == 2) {
                    assertThatMatrix(theta)
                            .isWithinRelativeFrobenius(
                                    golden.array("runs/" + run + "/after_3").reshape(2, 1), 1e-12);
                }
            }
            assertThatMatrix(theta)
                    .isWithinRelativeFrobenius(
                            golden.array("runs/" + run + "/final").reshape(2, 1), 1e-9);
            assertThat(worst).isCloseTo(golden.number("runs/" + run + "/max_task1_loss_along_path"), within(1e-9));
        }
    }

    /** A linear classifier and one example: the Fisher matrix is exactly xx' (x) (diag p - pp'). */
    @Test
    void exactFactorsOfOneExampleAreItsFisherMatrix() {
        MultiLayerNetwork network = linear();
        INDArray x = RandomMatrices.gaussian(1, 4, 21);

        FactorPair fisher = factors(network, x, FisherLabels.EXACT, 1);

        INDArray p = network.output(x);
        INDArray z = Nd4j.hstack(x, Nd4j.ones(DataType.DOUBLE, 1, 1));
        INDArray expected = KroneckerSumTest.kron(new FactorPair(
                z.transpose().mmul(z), Nd4j.diag(p.reshape(3)).sub(p.transpose().mmul(p))));
        assertThatMatrix(KroneckerSumTest.kron(fisher)).isWithinRelativeFrobenius(expected, 1e-12);
    }

    /** The mean over 1e5 drawn labels lies within three standard errors of the expectation, entry by entry. */
    @Test
    void exactFactorIsTheMeanOverSampledLabels() {
        MultiLayerNetwork network = linear();
        INDArray x = RandomMatrices.gaussian(1, 4, 22);
        int copies = 100_000;
        INDArray many = Nd4j.tile(x, copies, 1);

        INDArray exact = factors(network, x, FisherLabels.EXACT, 1).outputs();
        INDArray sampled = factors(network, many, FisherLabels.SAMPLED, 5).outputs();

        INDArray p = network.output(x);
        double normalisation = exact.getDouble(0, 0) / (p.getDouble(0) * (1 - p.getDouble(0)));
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                double error = normalisation * deviationOfADraw(p, i, j) / Math.sqrt(copies);
                assertThat(sampled.getDouble(i, j)).isCloseTo(exact.getDouble(i, j), within(3 * error));
            }
        }
    }

    /** Of the entry (p - y)_i (p - y)_j over the classes y of a softmax. */
    private static double deviationOfADraw(INDArray p, int i, int j) {
        double mean = 0;
        double square = 0;
        for (int c = 0; c < p.length(); c++) {
            double entry = (p.getDouble(i) - (c == i ? 1 : 0)) * (p.getDouble(j) - (c == j ? 1 : 0));
            mean += p.getDouble(c) * entry;
            square += p.getDouble(c) * entry * entry;
        }
        return Math.sqrt(square - mean * mean);
    }

    private static MultiLayerNetwork linear() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .seed(9)
                .updater(new Ncl(RATE, SIZE))
                .list()
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(4)
                        .nOut(3)
                        .build())
                .build());
        network.init();
        return network;
    }

    private static FactorPair factors(MultiLayerNetwork network, INDArray x, FisherLabels labels, long seed) {
        ((OutputLayer) network.getLayer(0).conf().getLayer())
                .setIUpdater(Ncl.builder()
                        .learningRate(RATE)
                        .dataSize(SIZE)
                        .fisherLabels(labels)
                        .seed(seed)
                        .build());
        network.setUpdater(new org.deeplearning4j.nn.updater.MultiLayerUpdater(network));
        Consolidation consolidation = Consolidation.of(network);
        StatisticsCollector.Collected collected = consolidation.collect(List.of(CurvatureBatch.ofInputs(x)));
        return collected
                .layers()
                .get(0)
                .get(0)
                .finished(x, collected.examples(), 1)
                .fisher();
    }

    /** Orthogonal weight modification: alpha (alpha I + mean of the tasks' second moments)^-1 from the second task on. */
    @Test
    void projectionIsThatOfTheMeanSecondMoment() {
        double alpha = 0.02;
        MultiLayerNetwork network = Tasks.classifier(
                Ncl.builder()
                        .method(Ncl.Method.OWM)
                        .learningRate(RATE)
                        .momentum(0)
                        .absoluteDamping(alpha)
                        .build(),
                DataType.DOUBLE);
        INDArray mean = Nd4j.zeros(DataType.DOUBLE, Tasks.INPUTS + 1, Tasks.INPUTS + 1);
        for (int task = 0; task < 2; task++) {
            DataSet data = Tasks.data(task, DataType.DOUBLE);
            network.fit(data);
            Ncl.endTask(network, Tasks.iterator(data));
            INDArray z = Nd4j.hstack(data.getFeatures(), Nd4j.ones(DataType.DOUBLE, Tasks.EXAMPLES, 1));
            mean.addi(z.transpose().mmul(z).divi(2 * Tasks.EXAMPLES));
        }
        INDArray momentum = RandomMatrices.gaussian(Tasks.INPUTS + 1, 8, 31).dup('f');
        INDArray step = Nd4j.zerosLike(momentum).dup('f');

        Tasks.layer(network, 0).rule(0).step(RATE, momentum, step);

        INDArray back = mean.add(
                        Nd4j.eye(Tasks.INPUTS + 1).castTo(DataType.DOUBLE).muli(alpha))
                .mmul(step)
                .divi(alpha * RATE);
        assertThatMatrix(back).isWithinRelativeFrobenius(momentum, 1e-10);
    }

    /** Plain descent with momentum is written out here; the first task is not projected. */
    @ParameterizedTest
    @EnumSource(
            value = Ncl.Method.class,
            names = {"SGD", "OWM", "DOWM"})
    void methodsWithoutPriorStartAsHeavyBall(Ncl.Method method) {
        MultiLayerNetwork network =
                Tasks.classifier(Ncl.builder().method(method).learningRate(RATE).build(), DataType.DOUBLE);
        DataSet batch = Tasks.data(0, DataType.DOUBLE);
        MultiLayerNetwork plain = Tasks.classifier(new Sgd(1), DataType.DOUBLE);
        INDArray theta = plain.params().dup();
        INDArray momentum = Nd4j.zerosLike(theta);
        for (int step = 0; step < 3; step++) {
            network.fit(batch);
            plain.setParams(theta);
            plain.fit(batch);
            momentum.muli(0.9).addi(theta.sub(plain.params()));
            theta = theta.sub(momentum.mul(RATE));
        }
        assertThatMatrix(network.params()).isWithinRelativeFrobenius(theta, 1e-12);
    }

    /** Adam's steps on the penalised loss are the host's Adam on the loss while the penalty has no weight. */
    @Test
    void adamStepsAreTheHosts() {
        MultiLayerNetwork network = Tasks.classifier(
                Ncl.builder()
                        .method(Ncl.Method.SGD)
                        .step(Ncl.Step.ADAM)
                        .learningRate(0.01)
                        .build(),
                DataType.DOUBLE);
        MultiLayerNetwork host =
                Tasks.classifier(new org.nd4j.linalg.learning.config.Adam(0.01, 0.9, 0.999, 1e-9), DataType.DOUBLE);
        for (int step = 0; step < 5; step++) {
            network.fit(Tasks.data(step, DataType.DOUBLE));
            host.fit(Tasks.data(step, DataType.DOUBLE));
        }
        assertThatMatrix(network.params())
                .isWithinRelativeFrobenius(host.params(), 1e-6); // epsilon is placed otherwise
    }
}
