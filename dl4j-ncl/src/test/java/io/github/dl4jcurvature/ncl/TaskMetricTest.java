/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Metrics by hand, on networks that double their input. */
class TaskMetricTest {
    private static MultiLayerNetwork doubling(BaseOutputLayer output, InputType input) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .list()
                .layer(output)
                .setInputType(input)
                .build());
        network.init();
        network.getLayer(0).getParam("W").assign(2);
        return network;
    }

    private static MultiLayerNetwork regression() {
        return doubling(
                new OutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nOut(1)
                        .build(),
                InputType.feedForward(1));
    }

    private static Task task(DataSet data) {
        return new Task("task", TaskData.of(data), TaskData.of(data));
    }

    private static INDArray column(double... values) {
        return Nd4j.createFromArray(values).reshape(values.length, 1);
    }

    @Test
    void regressionIsJudgedByErrorAndDetermination() {
        MultiLayerNetwork network = regression();
        Task task = task(new DataSet(column(0, 1, 2), column(0, 1, 5))); // predictions 0, 2, 4; labels' mean 2
        assertThat(TaskMetric.negativeSquaredError().of(network, task)).isCloseTo(-2.0 / 3, within(1e-12));
        assertThat(TaskMetric.determination().of(network, task)).isCloseTo(1 - 2.0 / 14, within(1e-12));
    }

    /** The squares of such labels cannot tell them apart. */
    @Test
    void determinationKnowsLabelsFarFromZero() {
        MultiLayerNetwork network = regression();
        Task task = task(new DataSet(column(5e7, 5e7 + 0.5, 5e7 + 1.5), column(1e8, 1e8 + 1, 1e8 + 2)));
        assertThat(TaskMetric.determination().of(network, task)).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void maskedStepsDoNotCount() {
        MultiLayerNetwork network = doubling(
                new RnnOutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nOut(1)
                        .build(),
                InputType.recurrent(1));
        INDArray x = Nd4j.createFromArray(new double[][][] {{{1, 2, 3}}, {{4, 5, 6}}});
        INDArray y = Nd4j.createFromArray(new double[][][] {{{2, 5, 100}}, {{8, 100, 100}}});
        INDArray mask = Nd4j.createFromArray(new double[][] {{1, 1, 0}, {1, 0, 0}});
        Task task = task(new DataSet(x, y, null, mask));
        assertThat(TaskMetric.negativeSquaredError().of(network, task)).isCloseTo(-1.0 / 3, within(1e-12));
        TaskMetric last = TaskMetric.perExample(
                "last", (output, labels, step) -> output.getDouble(0, step) == labels.getDouble(0, step));
        assertThat(last.of(network, task)).isEqualTo(0.5);
        assertThat(last.name()).isEqualTo("last");
    }

    @Test
    void aSingleOutputIsAClassAboveOneHalf() {
        MultiLayerNetwork network = doubling(
                new OutputLayer.Builder(LossFunction.XENT)
                        .activation(Activation.SIGMOID)
                        .nOut(1)
                        .build(),
                InputType.feedForward(1));
        Task task = task(new DataSet(column(-1, 1, 2, 3), column(0, 1, 0, 1)));
        assertThat(TaskMetric.accuracy().of(network, task)).isEqualTo(0.75);
    }

    /** Outputs are asked for in batches of 256. */
    @ParameterizedTest
    @ValueSource(ints = {255, 256, 257, 512})
    void allTestExamplesCountOnce(int examples) {
        INDArray x = Nd4j.arange(examples).castTo(DataType.DOUBLE).reshape(examples, 1);
        INDArray y = x.mul(2);
        y.putScalar(examples - 1, 0, y.getDouble(examples - 1) + 3);
        assertThat(TaskMetric.negativeSquaredError().of(regression(), task(new DataSet(x, y))))
                .isCloseTo(-9.0 / examples, within(1e-12));
    }

    @Test
    void metricsHaveNames() {
        assertThat(TaskMetric.accuracy().name()).isEqualTo("accuracy");
        assertThat(TaskMetric.determination().name()).isEqualTo("R squared");
        assertThat(TaskMetric.negativeSquaredError().name()).isEqualTo("negative squared error");
        assertThat(StimulusResponseTasks.correct().name()).isEqualTo("correct");
    }
}
