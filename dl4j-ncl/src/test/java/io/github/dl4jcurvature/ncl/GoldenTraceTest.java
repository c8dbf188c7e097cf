/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.fisher.CurvatureBatch;
import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Recorded runs of a dense and a recurrent network in plain fit(), and the consolidation after them. */
class GoldenTraceTest {
    static Stream<GoldenCase> traces() {
        return GoldenCases.in("ncl").matching("golden_ncl_*");
    }

    @ParameterizedTest
    @MethodSource("traces")
    void trainingFollowsTheRecordedRun(GoldenCase golden) {
        GoldenTrace trace = GoldenTrace.of(golden, KroneckerSum.KL, DataType.DOUBLE);
        Consolidation.of(trace.network()); // shows the updaters their layers before the first step
        int steps = golden.json().get("steps").size();

        for (int step = 0; step < steps; step++) {
            String[] at = {"steps", Integer.toString(step)};
            for (int layer = 0; step > 0 && layer < trace.names().size(); layer++) {
                assertLayer(trace, layer, Integer.toString(step - 1));
            }
            double penalty = penalty(trace);
            trace.network().fit(trace.batch());
            assertThat(trace.network().score()).isCloseTo(trace.number(at[0], at[1], "loss"), within(1e-10));
            assertThat(penalty).isCloseTo(trace.number(at[0], at[1], "penalty_before"), within(1e-10));
        }
        for (int layer = 0; layer < trace.names().size(); layer++) {
            assertLayer(trace, layer, Integer.toString(steps - 1));
        }
    }

    private static double penalty(GoldenTrace trace) {
        return trace.updaters().stream()
                .mapToDouble(updater -> updater.layer().penalty())
                .sum();
    }

    private static void assertLayer(GoldenTrace trace, int layer, String step) {
        String name = trace.names().get(layer);
        NclLayer state = trace.updaters().get(layer).layer();
        assertThatMatrix(trace.parameters(layer))
                .isWithinRelativeFrobenius(trace.array("steps", step, "theta", name), 1e-10);
        assertThatMatrix(trace.matrix(layer, state.state().momentum()))
                .isWithinRelativeFrobenius(trace.array("steps", step, "momentum", name), 1e-10);
        KroneckerPrior prior = (KroneckerPrior) state.rule(0);
        assertThatMatrix(prior.inverse().inputs())
                .isWithinRelativeFrobenius(trace.array("preconditioner", name, "A"), 1e-10);
        assertThatMatrix(prior.inverse().outputs())
                .isWithinRelativeFrobenius(trace.array("preconditioner", name, "G"), 1e-10);
    }

    @ParameterizedTest
    @MethodSource("traces")
    void factorsAreTheRecordedOnes(GoldenCase golden) {
        GoldenTrace trace = afterTraining(golden, KroneckerSum.KL);
        assertFactors(trace, trace.batch(), Ncl.builder(), "exact");
        if (golden.json().at("/factors_at_final/empirical").isObject()) {
            assertEmpirical(trace, trace.batch(), "empirical");
        }
        long[] drawn = golden.longs("factors_at_final/sampled_labels");
        assertEmpirical(trace, trace.labelled(drawn), "sampled");
    }

    private static void assertEmpirical(GoldenTrace trace, DataSet batch, String key) {
        assertFactors(
                trace, batch, Ncl.builder().fisherLabels(io.github.dl4jcurvature.fisher.FisherLabels.EMPIRICAL), key);
    }

    /** The statistics of a network with the same parameters and other settings. */
    private static void assertFactors(GoldenTrace trace, DataSet batch, NclBuilder settings, String key) {
        var network = trace.network().clone();
        for (var layer : network.getLayerWiseConfigurations().getConfs()) {
            ((org.deeplearning4j.nn.conf.layers.BaseLayer) layer.getLayer()).setIUpdater(settings.build());
        }
        network.setUpdater(new org.deeplearning4j.nn.updater.MultiLayerUpdater(network));
        StatisticsCollector.Collected collected = Consolidation.of(network).collect(List.of(CurvatureBatch.of(batch)));
        for (int layer = 0; layer < trace.names().size(); layer++) {
            TaskStatistics statistics =
                    collected.layers().get(layer).get(0).finished(trace.parameters(layer), collected.examples(), 1);
            FactorPair fisher = statistics.fisher();
            String name = trace.names().get(layer);
            assertThatMatrix(fisher.inputs())
                    .isWithinRelativeFrobenius(trace.array("factors_at_final", key, name, "A"), 1e-10);
            assertThatMatrix(fisher.outputs())
                    .isWithinRelativeFrobenius(trace.array("factors_at_final", key, name, "G"), 1e-10);
        }
    }

    @ParameterizedTest
    @MethodSource("traces")
    void consolidationIsTheRecordedOne(GoldenCase golden) {
        for (KroneckerSum sum : List.of(KroneckerSum.KL, KroneckerSum.ADDITIVE)) {
            GoldenTrace trace = afterTraining(golden, sum);
            ConsolidationReport report =
                    Consolidation.of(trace.network()).endTask(List.of(CurvatureBatch.of(trace.batch())));

            assertThat(report.layers()).allMatch(ConsolidationReport.Layer::trained);
            for (int layer = 0; layer < trace.names().size(); layer++) {
                NclLayer present = trace.updaters().get(layer).layer();
                FactorPair actual = ((KroneckerPrior) present.rule(0)).factors();
                String name = trace.names().get(layer);
                String kind = sum == KroneckerSum.KL ? "kl" : "additive";
                FactorPair expected = new FactorPair(
                                trace.array("consolidated_exact", name, kind, "A"),
                                trace.array("consolidated_exact", name, kind, "G"))
                        .balanced();
                assertThatMatrix(actual.inputs()).isWithinRelativeFrobenius(expected.inputs(), 1e-10);
                assertThatMatrix(actual.outputs()).isWithinRelativeFrobenius(expected.outputs(), 1e-10);
                assertThatMatrix(trace.matrix(layer, present.state().mean())).isBitEqualTo(trace.parameters(layer));
                assertThat(present.state().momentum().amaxNumber().doubleValue())
                        .isZero();
                assertThat(present.state().tasks()).isEqualTo(2);
            }
        }
    }

    private static GoldenTrace afterTraining(GoldenCase golden, KroneckerSum sum) {
        GoldenTrace trace = GoldenTrace.of(golden, sum, DataType.DOUBLE);
        for (int step = 0; step < golden.json().get("steps").size(); step++) {
            trace.network().fit(trace.batch());
        }
        return trace;
    }

    /** The algebra is in doubles, so that float data cost float accuracy: 1e-6 a step, against 1 for float algebra gone wrong. */
    @ParameterizedTest
    @MethodSource("traces")
    void floatNetworksFollowToTheirAccuracy(GoldenCase golden) {
        GoldenTrace trace = GoldenTrace.of(golden, KroneckerSum.KL, DataType.FLOAT);
        trace.network().fit(trace.batch());
        for (int layer = 0; layer < trace.names().size(); layer++) {
            INDArray before = trace.array("theta0", trace.names().get(layer));
            INDArray expected =
                    trace.array("steps", "0", "theta", trace.names().get(layer)).sub(before);
            assertThatMatrix(trace.parameters(layer).sub(before)).isWithinRelativeFrobenius(expected, 1e-4);
        }
    }
}
