/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Level;
import io.github.dl4jcurvature.fisher.CurvatureBatch;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fisher.FisherLabels;
import io.github.dl4jcurvature.fisher.ShadowNetwork;
import io.github.dl4jcurvature.testkit.CapturedLog;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What is remembered of a task, with and without boundaries, and what diagnostics say of it. */
class NclConsolidationTest {
    @RegisterExtension
    private final CapturedLog ofShadows = CapturedLog.of(ShadowNetwork.class);

    @RegisterExtension
    private final CapturedLog ofDiagnostics = CapturedLog.of(NclDiagnosticsListener.class);

    private static NclBuilder builder() {
        return Ncl.builder().learningRate(0.05).dataSize(40);
    }

    /** The batches that a task comes in make no difference, though each has its own thread and random signs and memory is used again. */
    @ParameterizedTest
    @CsvSource({"NCL, EXACT", "NCL, EMPIRICAL", "NCL, PREDICTED", "EWC, EMPIRICAL"})
    void batchesMakeNoDifference(Ncl.Method method, FisherLabels labels) {
        DataSet data = Tasks.data(0, DataType.DOUBLE);
        Ncl updater = builder().method(method).fisherLabels(labels).build();
        MultiLayerNetwork whole = Tasks.classifier(updater, DataType.DOUBLE);
        Consolidation.of(whole).endTask(List.of(CurvatureBatch.of(data)));
        for (int batch : new int[] {2, 10}) {
            MultiLayerNetwork parts = Tasks.classifier(updater, DataType.DOUBLE);
            ConsolidationReport report = Ncl.endTask(parts, TaskData.of(data).iterator(batch));
            assertThat(report.examples()).isEqualTo(Tasks.EXAMPLES);
            for (int layer = 0; layer < 2; layer++) {
                assertThatMatrix(withoutChecksum(parts, layer))
                        .isWithinRelativeFrobenius(withoutChecksum(whole, layer), 1e-12);
            }
        }
    }

    /** The checksum of a state tells also numbers apart that differ by rounding. */
    private static INDArray withoutChecksum(MultiLayerNetwork network, int layer) {
        return ((BaseMultiLayerUpdater<?>) network.getUpdater())
                .getUpdaterBlocks()
                .get(layer)
                .getUpdaterView()
                .dup()
                .putScalar(NclState.CHECKSUM, 0);
    }

    /** However many threads work on the batches. */
    @Test
    void layersWithoutFactorsAreNamedOnce() {
        MultiLayerNetwork network = LayerCase.PRELU.network(builder().build(), DataType.DOUBLE);
        network.setListeners(new CurvatureListener());
        DataSet data = LayerCase.PRELU.data(0, DataType.DOUBLE);
        Ncl.endTask(network, TaskData.of(data).iterator(2));
        assertThat(ofShadows.messages(Level.INFO))
                .singleElement(InstanceOfAssertFactories.STRING)
                .contains("layers [layer0] yield no inputs and errors");
    }

    @Test
    void sampledLabelsDependOnTheSeedAlone() {
        DataSet data = Tasks.data(0, DataType.DOUBLE);
        List<INDArray> states = new ArrayList<>();
        for (long seed : new long[] {1, 1, 2}) {
            MultiLayerNetwork network = Tasks.classifier(
                    builder().fisherLabels(FisherLabels.SAMPLED).seed(seed).build(), DataType.DOUBLE);
            Ncl.endTask(network, Tasks.iterator(data));
            states.add(network.updaterState().dup());
        }
        assertThatMatrix(states.get(1)).isBitEqualTo(states.get(0));
        assertThat(states.get(2)).isNotEqualTo(states.get(0));
    }

    @Test
    void fewerExamplesStopAtAWholeBatch() {
        MultiLayerNetwork network =
                Tasks.classifier(builder().fisherExamples(15).build(), DataType.DOUBLE);
        assertThat(Ncl.endTask(network, Tasks.iterator(Tasks.data(0, DataType.DOUBLE)))
                        .examples())
                .isEqualTo(20);
    }

    /** The diagonal of elastic weight consolidation against the host's gradients of single examples. */
    @Test
    void empiricalDiagonalIsTheMeanOfSquaredGradients() {
        MultiLayerNetwork network = Tasks.classifier(
                builder()
                        .method(Ncl.Method.EWC)
                        .fisherLabels(FisherLabels.EMPIRICAL)
                        .build(),
                DataType.DOUBLE);
        DataSet data = Tasks.data(0, DataType.DOUBLE);
        INDArray expected = Nd4j.zeros(DataType.DOUBLE, network.numParams());
        MultiLayerNetwork plain = Tasks.classifier(new org.nd4j.linalg.learning.config.Sgd(1), DataType.DOUBLE);
        for (DataSet example : data.asList()) {
            plain.setParams(network.params());
            plain.fit(example);
            INDArray gradient = network.params().sub(plain.params()).reshape(network.numParams());
            expected.addi(gradient.mul(gradient).divi(Tasks.EXAMPLES));
        }
        Ncl.endTask(network, Tasks.iterator(data));
        INDArray x = RandomMatrices.gaussian(Tasks.INPUTS + 1, 8, 3).dup('f');
        INDArray first = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {Tasks.INPUTS + 1, 8}, 'f');
        ((NclUpdater) io.github.dl4jcurvature.fisher.CurvatureBlock.of(network, Ncl.class)
                        .get(0)
                        .updater())
                .getConfig()
                .plan()
                .sections()
                .get(0)
                .gather(expected.get(NDArrayIndex.interval(0, 56)), first);
        double wanted = first.add(1.0 / 40).mul(x).mul(x).sumNumber().doubleValue();
        assertThat(Tasks.layer(network, 0).rule(0).quadratic(x)).isCloseTo(wanted, within(1e-10 * wanted));
    }

    /** The same pair of tasks, forgotten by half. */
    @Test
    void forgettingScalesTheEarlierPrecision() {
        KroneckerPrior.Settings settings =
                new KroneckerPrior.Settings(1, new Damping(0, true), true, KroneckerSum.KL, 0.5);
        FactorPair prior = new FactorPair(identity(3, 2), identity(2, 1));
        KroneckerPrior rule = new KroneckerPrior(settings, prior, false);
        rule.consolidate(new TaskStatistics(identity(3, 4), identity(2, 1), identity(3, 1), null, identity(3, 1), 1));
        INDArray kron = KroneckerSumTest.kron(rule.factors());
        assertThatMatrix(kron).isWithinRelativeFrobenius(identity(6, 0.5 * 2 + 4), 1e-12);
    }

    private static INDArray identity(long order, double scale) {
        return Nd4j.eye(order).castTo(DataType.DOUBLE).muli(scale).dup('f');
    }

    /** Sequences of 4, 3 and 2 steps, by the definition of the reference: each divided by its steps less one. */
    @Test
    void referenceNormalisationDividesEachSequenceByItsStepsLessOne() {
        INDArray z = RandomMatrices.gaussian(12, 2, 5); // row t * 3 + n
        INDArray valid = Nd4j.createFromArray(1.0, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 0);
        int[] owners = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2};
        RowWeights weights = new RowWeights(valid, Nd4j.createFromArray(4.0, 3, 2), owners);
        SectionMoments moments = new SectionMoments(2, false, 2, true);
        moments.addInputs(z, weights);
        INDArray expected = Nd4j.zeros(DataType.DOUBLE, 2, 2);
        for (int row = 0; row < 12; row++) {
            double steps = 4 - owners[row];
            INDArray each = z.getRow(row, true);
            expected.addi(each.transpose().mmul(each).muli(valid.getDouble(row) / (steps - 1)));
        }
        assertThatMatrix(moments.inputFactor()).isWithinRelativeFrobenius(expected.mul(Math.sqrt(3) / 3), 1e-12);
    }

    /** Without boundaries something is remembered every few iterations, in proportion to the examples seen. */
    @Test
    void streamsWithoutBoundariesAreRememberedOnTheWay() {
        MultiLayerNetwork often = Tasks.classifier(builder().consolidateEvery(2).build(), DataType.DOUBLE);
        MultiLayerNetwork never = Tasks.classifier(builder().build(), DataType.DOUBLE);
        for (int i = 0; i < 5; i++) {
            often.fit(Tasks.data(i, DataType.DOUBLE));
            never.fit(Tasks.data(i, DataType.DOUBLE));
        }
        assertThat(Tasks.layer(often, 0).state().tasks()).isEqualTo(2);
        assertThat(Tasks.layer(never, 0).state().tasks()).isZero();
        assertThat(often.params()).isNotEqualTo(never.params());
    }

    /** What is remembered on the way has the weight of the examples seen since, against the N of a task. */
    @Test
    void streamsWithoutBoundariesWeighExamplesSeenAgainstN() {
        DataSet data = Tasks.data(0, DataType.DOUBLE);
        MultiLayerNetwork network =
                Tasks.classifier(builder().dataSize(100).consolidateEvery(2).build(), DataType.DOUBLE);
        MultiLayerNetwork byHand = Tasks.classifier(builder().dataSize(100).build(), DataType.DOUBLE);
        for (int i = 0; i < 2; i++) {
            network.fit(data);
            byHand.fit(data);
        }
        Consolidation.of(byHand).consolidate(List.of(CurvatureBatch.of(data)), 2 * Tasks.EXAMPLES / 100.0);
        network.fit(data);
        INDArray x = RandomMatrices.gaussian(Tasks.INPUTS + 1, 8, 3).dup('f');
        double expected = Tasks.layer(byHand, 0).rule(0).quadratic(x);
        assertThat(Tasks.layer(network, 0).rule(0).quadratic(x)).isCloseTo(expected, within(1e-10 * expected));
    }

    /** The prior keeps its precision, but pulls to where the task has ended. */
    @Test
    void parametersWithoutPrecisionOfTheirOwnRememberTheirMean() {
        MultiLayerNetwork network = Tasks.classifier(
                builder().fallback(Ncl.Fallback.IDENTITY).maxDimension(1).build(), DataType.DOUBLE);
        DataSet data = Tasks.data(0, DataType.DOUBLE);
        network.fit(data);
        ConsolidationReport report = Ncl.endTask(network, Tasks.iterator(data));
        assertThat(report.layers()).hasSize(2).allMatch(ConsolidationReport.Layer::trained);
        long from = 0;
        for (int i = 0; i < 2; i++) {
            NclLayer layer = Tasks.layer(network, i);
            INDArray mean = layer.state().mean();
            assertThat(layer.state().tasks()).isEqualTo(1);
            assertThat(layer.state().momentum().norm2Number().doubleValue()).isZero();
            assertThatMatrix(mean)
                    .isBitEqualTo(network.params()
                            .reshape(network.numParams())
                            .get(NDArrayIndex.interval(from, from + mean.length())));
            from += mean.length();
        }
        INDArray x = RandomMatrices.gaussian(Tasks.INPUTS + 1, 8, 3).dup('f');
        double precision = x.mul(x).sumNumber().doubleValue() / 40;
        assertThat(Tasks.layer(network, 0).rule(0).quadratic(x)).isCloseTo(precision, within(1e-12 * precision));
    }

    @Test
    void diagnosticsFollowTheTask() {
        List<NclDiagnostics> reports = new ArrayList<>();
        MultiLayerNetwork network = Tasks.classifier(builder().build(), DataType.DOUBLE);
        network.addListeners(new NclDiagnosticsListener(1, reports::add));
        DataSet first = Tasks.data(0, DataType.DOUBLE);
        for (int i = 0; i < 3; i++) {
            network.fit(first);
        }
        ConsolidationReport end = Ncl.endTask(network, Tasks.iterator(first));
        INDArray before = network.params().dup();
        network.fit(Tasks.data(1, DataType.DOUBLE));

        assertThat(reports).hasSize(4);
        assertThat(reports.get(2).pullBudget()).isCloseTo(0.05 / 40 * 3 / 0.1, within(1e-12));
        NclDiagnostics last = reports.get(3);
        assertThat(last.tasks()).isEqualTo(1);
        assertThat(last.pullBudget()).isCloseTo(0.05 / 40 / 0.1, within(1e-12));
        assertThat(last.fisherTrace().values().stream().mapToDouble(x -> x).sum())
                .isCloseTo(end.fisherTrace(), within(1e-9 * end.fisherTrace()));
        assertThat(last.divergence().values().stream().mapToDouble(x -> x).sum())
                .isCloseTo(end.divergence(), within(1e-9));
        // the first step of a task starts at the mean: penalty and step length are those of the change itself
        assertThat(network.params()).isNotEqualTo(before);
        assertThat(last.penalty()).isCloseTo(0.5 * last.stepLength() * last.stepLength(), within(1e-9));
    }

    /** A task that is too short for the pull is named once it has ended. */
    @Test
    void weakPullIsWarnedOf() {
        MultiLayerNetwork network = Tasks.classifier(builder().dataSize(1e6).build(), DataType.DOUBLE);
        network.addListeners(new NclDiagnosticsListener(1, report -> {}));
        for (int task = 0; task < 3; task++) {
            network.fit(Tasks.data(task, DataType.DOUBLE));
            Ncl.endTask(network, Tasks.iterator(Tasks.data(task, DataType.DOUBLE)));
        }
        assertThat(ofDiagnostics.messages(Level.WARN))
                .singleElement()
                .satisfies(message -> assertThat(message).contains("projection method"));
    }

    /** Where no pull within a task is meant, none is missed; nor where the start of the task was not seen. */
    @Test
    void weakPullIsNoMatterForOtherMethods() {
        List<NclBuilder> others = List.of(
                builder().method(Ncl.Method.KFAC),
                builder().method(Ncl.Method.EWC),
                builder().method(Ncl.Method.PROJECTION),
                builder().consolidateEvery(1));
        for (NclBuilder other : others) {
            MultiLayerNetwork network = Tasks.classifier(other.dataSize(1e6).build(), DataType.DOUBLE);
            network.addListeners(new NclDiagnosticsListener(1, report -> {}));
            for (int task = 0; task < 3; task++) {
                network.fit(Tasks.data(task, DataType.DOUBLE));
                Ncl.endTask(network, Tasks.iterator(Tasks.data(task, DataType.DOUBLE)));
            }
        }
        MultiLayerNetwork late = Tasks.classifier(builder().dataSize(1e6).build(), DataType.DOUBLE);
        for (int task = 0; task < 2; task++) {
            late.fit(Tasks.data(task, DataType.DOUBLE));
            if (task == 0) {
                Ncl.endTask(late, Tasks.iterator(Tasks.data(task, DataType.DOUBLE)));
            }
        }
        late.addListeners(new NclDiagnosticsListener(1, report -> {}));
        for (int task = 1; task < 3; task++) {
            late.fit(Tasks.data(task, DataType.DOUBLE));
            Ncl.endTask(late, Tasks.iterator(Tasks.data(task, DataType.DOUBLE)));
        }
        assertThat(ofDiagnostics.messages(Level.WARN)).isEmpty();
    }
}
