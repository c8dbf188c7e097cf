/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static org.assertj.core.api.Assertions.assertThat;

/** A tiny random network of dense, convolutional or recurrent layers in either class of the host, with data for it. */
public final class FuzzModel {
    private enum Kind {
        DENSE,
        CONVOLUTIONAL,
        RECURRENT
    }

    private final FuzzCase drawn;
    private final Kind kind;
    private final DataType type;
    private final int inputs;
    private final int outputs;
    private final int times;
    private final LossFunction loss;
    private final Activation outputActivation;

    /**
     * Draws layers, loss and sizes.
     *
     * @param drawn where choices come from
     */
    public FuzzModel(FuzzCase drawn) {
        this.drawn = drawn;
        kind = drawn.any(Kind.DENSE, Kind.DENSE, Kind.CONVOLUTIONAL, Kind.RECURRENT);
        type = drawn.any(DataType.FLOAT, DataType.DOUBLE);
        inputs = drawn.width(3);
        outputs = drawn.width(3);
        times = drawn.width(3);
        loss = drawn.rarely()
                ? drawn.any(LossFunction.MEAN_ABSOLUTE_ERROR, LossFunction.POISSON, LossFunction.HINGE)
                : drawn.any(
                        LossFunction.MCXENT,
                        LossFunction.NEGATIVELOGLIKELIHOOD,
                        LossFunction.XENT,
                        LossFunction.MSE,
                        LossFunction.L2);
        outputActivation = drawn.rarely() ? drawn.any(Activation.TANH, Activation.SOFTMAX) : fitting(loss);
    }

    private static Activation fitting(LossFunction loss) {
        return switch (loss) {
            case MCXENT, NEGATIVELOGLIKELIHOOD -> Activation.SOFTMAX;
            case XENT -> Activation.SIGMOID;
            default -> Activation.IDENTITY;
        };
    }

    /**
     * Builds and initialises the network.
     *
     * @param updater of all layers, as the host clones it
     * @return a MultiLayerNetwork or a ComputationGraph
     */
    public Model create(IUpdater updater) {
        NeuralNetConfiguration.Builder global = new NeuralNetConfiguration.Builder()
                .seed(drawn.random().nextInt(1000))
                .dataType(type)
                .activation(drawn.any(Activation.TANH, Activation.RELU, Activation.SIGMOID, Activation.SOFTPLUS))
                .updater(updater);
        decorate(global);
        List<Layer> layers = layers();
        InputType input = switch (kind) {
            case DENSE -> InputType.feedForward(inputs);
            case CONVOLUTIONAL -> InputType.convolutional(4, 4, inputs);
            case RECURRENT -> InputType.recurrent(inputs);
        };
        return drawn.flip() ? network(global, layers, input) : graph(global, layers, input);
    }

    private void decorate(NeuralNetConfiguration.Builder global) {
        List<Consumer<NeuralNetConfiguration.Builder>> options = List.of(
                b -> b.l2(0.01),
                b -> b.l1(0.01),
                b -> b.weightDecay(0.01),
                b -> b.dropOut(0.7),
                b -> b.miniBatch(false),
                b -> b.gradientNormalization(GradientNormalization.ClipL2PerLayer)
                        .gradientNormalizationThreshold(0.5),
                b -> b.gradientNormalization(GradientNormalization.RenormalizeL2PerLayer));
        if (drawn.random().nextInt(3) == 0) {
            options.get(drawn.random().nextInt(options.size())).accept(global);
        }
    }

    private List<Layer> layers() {
        List<Layer> layers = new ArrayList<>();
        for (int depth = drawn.random().nextInt(3); depth > 0; depth--) {
            layers.add(hidden());
            if (drawn.rarely()) {
                layers.add(new BatchNormalization());
            }
            if (drawn.rarely()) {
                layers.add(new ActivationLayer(Activation.LEAKYRELU));
            }
        }
        layers.add(
                kind == Kind.RECURRENT
                        ? new RnnOutputLayer.Builder(loss)
                                .nOut(outputs)
                                .activation(outputActivation)
                                .build()
                        : new OutputLayer.Builder(loss)
                                .nOut(outputs)
                                .activation(outputActivation)
                                .hasBias(!drawn.rarely())
                                .build());
        return layers;
    }

    private Layer hidden() {
        int width = drawn.width(4);
        return switch (kind) {
            case DENSE ->
                new DenseLayer.Builder()
                        .nOut(width)
                        .hasBias(!drawn.rarely())
                        .hasLayerNorm(drawn.rarely())
                        .build();
            case CONVOLUTIONAL ->
                new ConvolutionLayer.Builder(2, 2)
                        .nOut(width)
                        .hasBias(!drawn.rarely())
                        .build();
            case RECURRENT ->
                drawn.flip()
                        ? new LSTM.Builder().nOut(width).build()
                        : new SimpleRnn.Builder().nOut(width).build();
        };
    }

    private static Model network(NeuralNetConfiguration.Builder global, List<Layer> layers, InputType input) {
        NeuralNetConfiguration.ListBuilder list = global.list();
        layers.forEach(list::layer);
        MultiLayerNetwork network =
                new MultiLayerNetwork(list.setInputType(input).build());
        network.init();
        return network;
    }

    private static Model graph(NeuralNetConfiguration.Builder global, List<Layer> layers, InputType input) {
        ComputationGraphConfiguration.GraphBuilder builder =
                global.graphBuilder().addInputs("in").setInputTypes(input);
        String last = "in";
        for (int i = 0; i < layers.size(); i++) {
            String name = "layer" + i;
            builder.addLayer(name, layers.get(i), last);
            last = name;
        }
        ComputationGraph graph = new ComputationGraph(builder.setOutputs(last).build());
        graph.init();
        return graph;
    }

    /**
     * Draws data for it; nothing in them may change.
     *
     * @return features, labels and rarely masks
     */
    public DataSet data() {
        int batch = drawn.rarely() ? drawn.random().nextInt(2) : drawn.width(4);
        long[] features = switch (kind) {
            case DENSE -> new long[] {batch, inputs};
            case CONVOLUTIONAL -> new long[] {batch, inputs, 4, 4};
            case RECURRENT -> new long[] {batch, inputs, times};
        };
        INDArray x = drawn.array(type, features);
        INDArray y = drawn.rarely()
                ? drawn.array(
                        type, kind == Kind.RECURRENT ? new long[] {batch, outputs, times} : new long[] {batch, outputs})
                : oneHot(batch);
        INDArray inputMask = kind == Kind.RECURRENT && drawn.rarely() ? mask(batch, times) : null;
        INDArray labelMask = drawn.random().nextInt(6) == 0 ? mask(batch, kind == Kind.RECURRENT ? times : 1) : null;
        return new DataSet(x, y, inputMask, labelMask);
    }

    private INDArray oneHot(int batch) {
        boolean recurrent = kind == Kind.RECURRENT;
        INDArray labels =
                Nd4j.zeros(type, recurrent ? new long[] {batch, outputs, times} : new long[] {batch, outputs});
        for (int example = 0; example < batch; example++) {
            for (int t = 0; t < (recurrent ? times : 1); t++) {
                int label = drawn.random().nextInt(outputs);
                labels.putScalar(recurrent ? new int[] {example, label, t} : new int[] {example, label}, 1);
            }
        }
        return labels.isEmpty() ? labels : drawn.watch(drawn.stored(labels));
    }

    private @Nullable INDArray mask(int batch, int columns) {
        if (batch == 0) {
            return null;
        }
        INDArray mask = Nd4j.zeros(type, batch, columns);
        for (long i = 0; i < mask.length(); i++) {
            mask.putScalar(i, drawn.random().nextInt(3) == 0 ? 0 : 1);
        }
        return drawn.watch(mask);
    }

    /**
     * Fits once; parameters have no NaN afterwards, and are as before, like the updater's state, if it is refused.
     *
     * @param model to be trained
     * @param data for it
     */
    public static void fit(Model model, DataSet data) {
        unchangedOnRefusal(model, () -> ((NeuralNetwork) model).fit(data));
        FuzzCase.assertNoNaN("parameters after a step", model.params());
    }

    /**
     * Checks that what is refused leaves parameters and the updater's state as they were.
     *
     * @param model model
     * @param action what may be refused
     */
    public static void unchangedOnRefusal(Model model, Runnable action) {
        double[] state = state(model);
        try {
            parametersUnchangedOnRefusal(model, action);
        } catch (RuntimeException refused) {
            if (state.length > 0) {
                assertThat(state(model))
                        .as("updater's state after: %s", refused)
                        .containsExactly(state);
            }
            throw refused;
        }
    }

    private static void parametersUnchangedOnRefusal(Model model, Runnable action) {
        double[] parameters = FuzzCase.numbers(model.params());
        try {
            action.run();
        } catch (RuntimeException refused) {
            assertThat(FuzzCase.numbers(model.params()))
                    .as("parameters after: %s", refused)
                    .containsExactly(parameters);
            throw refused;
        }
    }

    private static double[] state(Model model) {
        INDArray state = ((NeuralNetwork) model).updaterState();
        return state == null ? new double[0] : FuzzCase.numbers(state);
    }
}
