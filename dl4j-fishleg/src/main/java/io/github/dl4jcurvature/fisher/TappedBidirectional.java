/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.Collection;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.layers.recurrent.BidirectionalLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Bidirectional wrapper of a shadow network that remembers the two runtime layers, which the host keeps to itself. */
@SuppressWarnings("EqualsHashCode") // configurations of shadow networks are never compared
final class TappedBidirectional extends Bidirectional {
    private static final long serialVersionUID = 1L;

    private transient @Nullable Layer forwards;
    private transient @Nullable Layer backwards;

    private TappedBidirectional(Bidirectional original) {
        super(original.getMode(), original.getFwd());
        setBwd(original.getBwd());
        setLayerName(original.getLayerName());
    }

    /** The configuration, or one that does the same, with every bidirectional layer in it tapped. */
    static org.deeplearning4j.nn.conf.layers.Layer within(org.deeplearning4j.nn.conf.layers.Layer configuration) {
        if (configuration instanceof LastTimeStep wrapper) {
            wrapper.setUnderlying(within(wrapper.getUnderlying()));
        }
        return configuration.getClass() == Bidirectional.class
                ? new TappedBidirectional((Bidirectional) configuration)
                : configuration;
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        INDArray flat = parameters.reshape(parameters.length());
        long half = flat.length() / 2;
        Layer first = one(getFwd(), conf, listeners, index, flat, 0, half, initialize, type);
        Layer second = one(getBwd(), conf, listeners, index, flat, half, 2 * half, initialize, type);
        BidirectionalLayer both = new BidirectionalLayer(conf, first, second, parameters);
        both.setParamTable(initializer().init(conf, parameters, initialize));
        both.setConf(conf);
        forwards = first;
        backwards = second;
        return both;
    }

    private static Layer one(
            org.deeplearning4j.nn.conf.layers.Layer direction,
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            long from,
            long to,
            boolean initialize,
            DataType type) {
        NeuralNetConfiguration own = conf.clone();
        own.setLayer(direction);
        return direction.instantiate(
                own, listeners, index, parameters.get(NDArrayIndex.interval(from, to)), initialize, type);
    }

    Layer forwards() {
        return required(forwards);
    }

    Layer backwards() {
        return required(backwards);
    }

    private static Layer required(@Nullable Layer layer) {
        if (layer == null) {
            throw new IllegalStateException("the layer does not exist yet; initialise the shadow network first");
        }
        return layer;
    }
}
