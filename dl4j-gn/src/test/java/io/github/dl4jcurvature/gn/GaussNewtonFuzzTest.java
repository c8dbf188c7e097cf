/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.List;
import java.util.function.Consumer;

import io.github.dl4jcurvature.testkit.Fuzz;
import io.github.dl4jcurvature.testkit.FuzzCase;
import io.github.dl4jcurvature.testkit.FuzzModel;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** Random reversible networks, options and data: steps have no NaN, or a refusal says why not and leaves the network as it was. */
class GaussNewtonFuzzTest {
    private static final int CASES = 60;

    private static GaussNewton updater(FuzzCase drawn) {
        GaussNewton.Builder builder = GaussNewton.builder();
        List<Consumer<GaussNewton.Builder>> options = List.of(
                b -> b.alpha(drawn.positive(0.3)),
                b -> b.truncated(drawn.positive(1e-2), drawn.positive(1e-5)),
                b -> b.damped(drawn.positive(0.1)),
                b -> b.relativelyDamped(drawn.positive(0.1)),
                b -> b.blockWeights(drawn.any(new double[] {1}, new double[] {0.5, 0.5}, new double[] {0.3, 0.3, 0.4})),
                b -> b.maxStepNorm(drawn.positive(1)),
                b -> b.strict(drawn.flip()));
        return drawn.configure(builder, options).build();
    }

    private static RevMlp.Builder network(FuzzCase drawn, int inputs, int outputs, DataType type, IUpdater updater) {
        RevMlp.Builder builder = RevMlp.builder()
                .nIn(inputs)
                .nOut(outputs)
                .hiddenSize(drawn.size(5))
                .dataType(type)
                .seed(1 + drawn.random().nextInt(1000))
                .updater(updater);
        List<Consumer<RevMlp.Builder>> options = List.of(
                b -> b.width(2L * drawn.size(3)),
                b -> b.blocks(drawn.size(3)),
                b -> b.hasBias(drawn.flip()),
                b -> b.activation(drawn.any(Activation.TANH, Activation.SIGMOID, Activation.SOFTMAX, Activation.CUBE)),
                b -> b.loss(drawn.any(new LossMCXENT(), new LossBinaryXENT(), new LossMSE(), new LossMAE())),
                b -> b.residual(drawn.any(ResidualMode.values())),
                b -> b.dampedResidual(drawn.positive(0.1)),
                b -> b.stacked(drawn.random().nextInt(-1, 3)),
                b -> b.trainableReadout(drawn.flip()));
        return drawn.configure(builder, options);
    }

    private static DataSet data(FuzzCase drawn, int inputs, int outputs, DataType type) {
        int batch = drawn.rarely() ? drawn.random().nextInt(2) : drawn.width(5);
        INDArray features = drawn.array(type, batch, inputs);
        if (drawn.rarely()) {
            return new DataSet(features, drawn.array(type, batch, outputs));
        }
        INDArray labels = Nd4j.zeros(type, batch, outputs);
        for (int example = 0; example < batch; example++) {
            labels.putScalar(example, drawn.random().nextInt(outputs), 1);
        }
        INDArray mask = batch > 0 && drawn.rarely() ? drawn.array(type, batch, 1) : null;
        return new DataSet(features, batch == 0 ? labels : drawn.watch(drawn.stored(labels)), null, mask);
    }

    @Test
    void networksTrainOrRefuse() {
        Fuzz.forCases("gauss-newton", CASES, drawn -> {
            int inputs = drawn.rarely() ? drawn.width(5) : 2 * drawn.width(3);
            int outputs = drawn.width(3);
            DataType type = drawn.any(DataType.DOUBLE, DataType.FLOAT);
            boolean hosts = drawn.rarely();
            IUpdater updater = hosts ? new Adam(0.01) : updater(drawn);
            MultiLayerNetwork network = new MultiLayerNetwork(
                    network(drawn, inputs, outputs, type, updater).build());
            network.init();
            Model model = drawn.rarely() ? network.toComputationGraph() : network;
            for (int step = drawn.width(3); step > 0; step--) {
                DataSet data = data(drawn, inputs, outputs, type);
                if (hosts) { // Adam hands NaN of the data on to the parameters
                    ((NeuralNetwork) model).fit(data);
                } else {
                    FuzzModel.fit(model, data);
                }
            }
        });
    }
}
